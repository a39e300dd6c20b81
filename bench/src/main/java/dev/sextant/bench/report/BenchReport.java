package dev.sextant.bench.report;

import dev.sextant.cli.chart.Bars;
import dev.sextant.cli.chart.Bars.Bar;
import dev.sextant.cli.chart.HtmlPage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One run of JMH, or two compared; its JSON form is a file.
///
/// @param files   what was read: the run, or the old and the new one
/// @param method  how the intervals were made
record BenchReport(List<String> files, String method, boolean simulated, List<Row> rows) {
    private static final String MEAN = "Intervals are those of the mean at 99.9 %, by Student's t distribution over all "
            + "iterations of all forks.";
    private static final String WELCH = " The change is that of the mean from the first run to the second, its interval "
            + "Welch's at 99.9 %; where it holds zero, no difference is shown, which does not say that there is none.";

    /// One benchmark with one set of parameters.
    ///
    /// @param after   null where only one run has it
    /// @param change  of the mean, as a share of `before`; null without `after`
    /// @param verdict in words; null without `after`
    record Row(String label, String unit, Interval before, Interval after, Interval change, String verdict) {
    }

    /// The report of one run.
    static BenchReport of(String file, List<JmhResult> run) {
        return new BenchReport(List.of(file), MEAN, simulated(run), run.stream().map(r -> new Row(r.label(), r.unit(),
                Interval.mean(r.samples()), null, null, null)).toList());
    }

    /// The second run against the first; what only one of them has is listed without a comparison.
    static BenchReport of(String first, List<JmhResult> before, String second, List<JmhResult> after) {
        Map<String, JmhResult> rest = new LinkedHashMap<>();
        after.forEach(r -> rest.put(r.key(), r));
        List<Row> rows = new ArrayList<>();
        for (JmhResult a : before) {
            JmhResult b = rest.remove(a.key());
            if (b == null || !b.unit().equals(a.unit())) {
                rows.add(new Row(a.label(), a.unit(), Interval.mean(a.samples()), null, null, "only in the first run"));
            } else {
                Interval change = Interval.change(a.samples(), b.samples());
                rows.add(new Row(a.label(), a.unit(), Interval.mean(a.samples()), Interval.mean(b.samples()), change,
                        verdict(change, a.isLowerBetter())));
            }
        }
        rest.values().forEach(b -> rows.add(new Row(b.label(), b.unit(), null, Interval.mean(b.samples()), null,
                "only in the second run")));
        return new BenchReport(List.of(first, second), MEAN + WELCH, simulated(before) || simulated(after), rows);
    }

    private static boolean simulated(List<JmhResult> run) {
        return run.stream().anyMatch(JmhResult::isSimulated);
    }

    private static String verdict(Interval change, boolean lowerIsBetter) {
        if (!change.isKnown()) {
            return "too few samples to compare";
        }
        return change.contains(0) ? "no difference shown"
                : change.value() < 0 == lowerIsBetter ? "faster" : "slower";
    }

    String html() {
        String mark = simulated ? "simulated: " : "";
        var page = new HtmlPage(mark + "benchmarks: " + String.join(" and ", files));
        page.paragraph((simulated ? "Simulated: no GPU has run anything here, and no time of a simulated device means "
                + "anything. " : "") + method);
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        rows.forEach(r -> groups.computeIfAbsent(r.label.replaceFirst("[ ,].*", "") + ", " + r.unit,
                g -> new ArrayList<>()).add(r));
        groups.forEach((group, members) -> {
            page.heading(mark + group);
            page.picture(Bars.svg(mark + group, "", bars(members)));
            page.table(header(), members.stream().map(this::cells).toList(), List.of("slower"));
        });
        return page.html();
    }

    private static List<Bar> bars(List<Row> members) {
        List<Bar> bars = new ArrayList<>();
        for (Row r : members) {
            Interval[] runs = {r.before, r.after};
            for (int i = 0; i < 2; i++) {
                if (runs[i] != null) {
                    boolean known = runs[i].isKnown();
                    bars.add(new Bar(r.label.replaceFirst("^\\S+ ", ""), runs[i].value(), known ? runs[i].low()
                            : runs[i].value(), known ? runs[i].high() : runs[i].value(), i));
                }
            }
        }
        return bars;
    }

    private List<String> header() {
        return files.size() == 1 ? List.of("benchmark", "score", "interval")
                : List.of("benchmark", "first", "interval", "second", "interval", "change", "interval", "verdict");
    }

    private List<String> cells(Row r) {
        if (files.size() == 1) {
            return List.of(r.label, score(r.before), interval(r.before));
        }
        return List.of(r.label, score(r.before), interval(r.before), score(r.after), interval(r.after),
                r.change == null ? "" : percent(r.change.value()),
                r.change == null || !r.change.isKnown() ? ""
                        : percent(r.change.low()) + " to " + percent(r.change.high()),
                r.verdict);
    }

    private static String score(Interval i) {
        return i == null ? "" : Bars.number(i.value());
    }

    private static String interval(Interval i) {
        return i == null || !i.isKnown() ? "" : Bars.number(i.low()) + " to " + Bars.number(i.high());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    }

    /// One line per benchmark, for a terminal.
    List<String> lines() {
        return rows.stream().map(r -> (simulated ? "simulated  " : "") + String.join("  ", cells(r))).toList();
    }
}
