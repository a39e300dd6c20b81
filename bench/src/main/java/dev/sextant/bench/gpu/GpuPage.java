package dev.sextant.bench.gpu;

import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.cli.chart.Bars;
import dev.sextant.cli.chart.Bars.Bar;
import dev.sextant.cli.chart.HtmlPage;
import dev.sextant.cli.chart.Lines;
import dev.sextant.cli.chart.Lines.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The report as one page that needs nothing beside itself.
final class GpuPage {
    private static final List<String> ALARMING = List.of(Outcome.FAILED.word(), Outcome.CRASHED.word());

    private final GpuReport report;
    private final String prefix;
    private final HtmlPage page;

    private GpuPage(GpuReport report) {
        this.report = report;
        this.prefix = report.simulated() ? "simulated: " : "";
        this.page = new HtmlPage(prefix + "gpu-check of " + report.device());
    }

    static String html(GpuReport report) {
        return new GpuPage(report).build();
    }

    private String build() {
        page.paragraph(report.date() + ", " + report.claim() + ".");
        page.paragraph(summary(report));
        bad();
        machine();
        for (String section : sections()) {
            page.heading(prefix + section);
            charts(section);
            List<List<String>> rows = new ArrayList<>();
            for (Finding f : report.in(section)) {
                rows.add(List.of(f.name(), f.device(), f.outcome().word(), text(f.error()), text(f.allowed()),
                        numbers(f), f.message()));
            }
            page.table(List.of("check", prefix + "by", "outcome", "error", "allowed", "numbers", "remark"), rows,
                    ALARMING);
        }
        return page.html();
    }

    /// `212 passed, 1 failed, 3 skipped, 0 crashed`.
    static String summary(GpuReport report) {
        return "%d passed, %d failed, %d skipped, %d crashed".formatted(report.count(Outcome.PASSED),
                report.count(Outcome.FAILED), report.count(Outcome.SKIPPED), report.count(Outcome.CRASHED));
    }

    private void bad() {
        List<Finding> bad = report.findings().stream().filter(f -> f.outcome().isBad()).toList();
        if (!bad.isEmpty()) {
            page.warning("Something is wrong here. Please send the JSON file that lies beside this page, "
                    + "with the output of nvidia-smi, to the project: it names the checks, the numbers and the "
                    + "machine.");
            page.table(List.of("check", "by", "outcome", "what happened"), bad.stream().map(f -> List.of(f.section()
                    + ": " + f.name(), f.device(), f.outcome().word(), f.message())).toList(), ALARMING);
        }
    }

    private void machine() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("device", report.device()));
        report.facts().forEach((name, value) -> rows.add(List.of(name, value.toString())));
        report.links().forEach(l -> rows.add(List.of(l.name(), l.describe())));
        report.machine().forEach((name, value) -> rows.add(List.of(name, String.valueOf(value))));
        page.heading(prefix + "machine").table(List.of("what", "found"), rows, List.of());
    }

    private Set<String> sections() {
        Set<String> sections = new LinkedHashSet<>();
        report.findings().forEach(f -> sections.add(f.section()));
        return sections;
    }

    /// A chart for every speed that the section measured, with one bar for each finding; and every training's losses.
    private void charts(String section) {
        Map<String, List<Bar>> charts = new LinkedHashMap<>();
        for (Finding f : report.in(section)) {
            f.numbers().forEach((name, value) -> {
                if (name.startsWith(GpuReport.SPEED) || name.equals(NetworkChecks.IMAGES)) {
                    charts.computeIfAbsent(name, n -> new ArrayList<>()).add(Bar.of(f.name()
                            + (section.equals(NetworkChecks.THROUGHPUT) ? ", " + f.device() : ""), value,
                            f.device().equals(Gpu.OWN) ? 0 : 1));
                }
            });
        }
        for (Finding f : report.in(section)) {
            if (f.series().containsKey(NetworkChecks.GPU)) {
                page.picture(Lines.svg(prefix + "loss of " + f.name() + ", by " + f.device(), List.of(
                        new Line(NetworkChecks.CPU, f.series().get(NetworkChecks.CPU)),
                        new Line(NetworkChecks.GPU, f.series().get(NetworkChecks.GPU)))));
            }
        }
        charts.forEach((name, bars) -> page.picture(Bars.svg(prefix + name, "", bars)));
    }

    private String numbers(Finding f) {
        List<String> parts = new ArrayList<>();
        f.numbers().forEach((name, value) -> {
            String share = name.startsWith(GpuReport.SPEED) ? report.share(f, name) : "";
            parts.add(name + " " + Bars.number(value) + (share.isEmpty() ? "" : " (" + share + " of the library)"));
        });
        return String.join("; ", parts);
    }

    private static String text(Double value) {
        return value == null ? "" : value == 0 ? "0" : String.format(java.util.Locale.ROOT, "%.1e", value);
    }
}
