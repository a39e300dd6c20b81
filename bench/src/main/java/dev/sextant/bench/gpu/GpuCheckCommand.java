package dev.sextant.bench.gpu;

import com.google.gson.GsonBuilder;
import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.cli.Machine;
import dev.sextant.cli.chart.Bars;
import dev.sextant.engine.error.SextantException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `gpu-check`.
@Command(name = "gpu-check", mixinStandardHelpOptions = true, description = {
    "Checks everything that the device 'cuda' does on this GPU against the CPU, and measures it.",
    "Ends with 0 if all is well, 1 if a check failed, 4 if there is no GPU to check.",
    "Writes gpu-check.json and gpu-check.html."})
public final class GpuCheckCommand implements Callable<Integer> {
    /// Exit code: there is nothing to check here.
    static final int NO_GPU = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PATIENCE_ON_SIMULATOR = Duration.ofMinutes(15);

    @Spec
    private CommandSpec spec;

    @Option(names = "--simulated", description = "Check a sample on the simulator instead (needs g++, no GPU).")
    private boolean simulated;

    @Option(names = {"-o",
        "--output"}, paramLabel = "FOLDER", description = "Where the two files go; default: a new folder gpu-check-DATE here.")
    private Path folder;

    @Option(names = "--minutes", paramLabel = "N", description = "Begin no check after this time; default: 10.")
    private int minutes = 10;

    @Option(names = "--only", paramLabel = "REGEX", description = "Only checks whose section, device and name contain this, for example 'SGEMM' or 'own Conv'.")
    private String only = "";

    private final Class<? extends CheckList> list;
    private final PrintStream out;

    /// The checks that there are, reported on standard output.
    public GpuCheckCommand() {
        this(CheckList.Standard.class, System.out);
    }

    GpuCheckCommand(Class<? extends CheckList> list, PrintStream out) {
        this.list = list;
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            Pattern.compile(only);
        } catch (PatternSyntaxException e) {
            throw new ParameterException(spec.commandLine(), "--only is not a regular expression: " + e.getMessage());
        }
        List<Finding> findings = new ArrayList<>();
        var process = new CheckProcess(list, simulated, only, Duration.ofMinutes(minutes),
                simulated ? PATIENCE_ON_SIMULATOR : PATIENCE);
        String[] section = {""};
        process.run(f -> {
            if (!f.section().equals(section[0])) {
                section[0] = f.section();
                say("%n%s", f.section());
            }
            findings.add(f);
            say("%s", line(f));
        });
        if (process.chain().device() == null) {
            say("gpu-check: there is no GPU that could be checked here; the chain, from the driver on:");
            process.chain().links().forEach(l -> say("  %-14s %s", l.name(), l.describe()));
            say("--simulated checks a sample on the simulator, which needs g++ and no GPU");
            return NO_GPU;
        }
        if (findings.isEmpty()) {
            throw new SextantException("gpu-check: no check contains '%s'", only);
        }
        var report = new GpuReport(simulated ? GpuReport.SIMULATED : GpuReport.REAL, simulated, LocalDateTime.now()
                .format(DateTimeFormatter.ISO_LOCAL_DATE), process.chain().device(), process.chain().facts(),
                Machine.facts(),
                process.chain().links(), findings);
        write(report);
        return report.isGood() ? 0 : 1;
    }

    private void write(GpuReport report) throws IOException {
        Path to = folder != null ? folder
                : Path.of("gpu-check-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")));
        Files.createDirectories(to);
        Path json = Files.writeString(to.resolve("gpu-check.json"), new GsonBuilder().setPrettyPrinting()
                .disableHtmlEscaping().create().toJson(report) + "\n");
        Path html = Files.writeString(to.resolve("gpu-check.html"), GpuPage.html(report));
        say("%n%s", report.device());
        report.shares().forEach(l -> say("%s", l));
        say("%s", GpuPage.summary(report));
        report.findings().stream().filter(f -> f.outcome().isBad()).forEach(f -> say("%s %s %s: %s", f.outcome().word()
                .toUpperCase(Locale.ROOT), f.device(), f.name(), f.message()));
        say("%s", report.claim());
        say("%s and %s%s", json, html, report.isGood() ? "" : "; please send us the first");
    }

    private static String line(Finding f) {
        var text = new StringBuilder(String.format(Locale.ROOT, "  %-8s %-10s %-46s", f.outcome().word(), f.device(),
                f.name()));
        if (f.error() != null && f.allowed() != null) {
            text.append(String.format(Locale.ROOT, " error %.1e of %.1e", f.error(), f.allowed()));
        }
        f.numbers().forEach((name, value) -> text.append(", ").append(name).append(' ').append(Bars.number(value)));
        if (f.outcome() != Outcome.PASSED) {
            text.append(' ').append(f.message().lines().findFirst().orElse(""));
        }
        return text.toString();
    }

    /// Every line of a simulated check says that it is.
    private void say(String format, Object... args) {
        String text = String.format(Locale.ROOT, format, args);
        out.println(simulated ? text.lines().map(l -> "simulated  " + l).reduce((a, b) -> a + "\n" + b)
                .orElse("simulated") : text);
    }
}
