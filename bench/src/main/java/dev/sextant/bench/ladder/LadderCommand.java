package dev.sextant.bench.ladder;

import dev.sextant.bench.BenchMain;
import dev.sextant.bench.OwnJvm;
import dev.sextant.cli.Machine;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench ladder`. Every rung has a JVM of its own, so that none is compiled in the light of another, and so that the
/// vector length can differ.
@Command(name = "ladder", mixinStandardHelpOptions = true, description = "From the formula to the fast path: one product and one convolution, every way.")
public final class LadderCommand implements Callable<Integer> {
    private static final String BEGIN = "<!-- ladder -->\n";
    private static final String END = "<!-- /ladder -->";

    @Option(names = "--write", description = "Also put the table into engine/README.md.")
    private boolean write;

    @Option(names = "--rung", hidden = true, description = "Measures one rung in this JVM.")
    private Step rung;

    @Override
    public Integer call() {
        if (rung != null) {
            Rung measured = rung.measure();
            System.out.println(measured.gigaflops() + " " + measured.error());
            return 0;
        }
        String table = table();
        System.out.print(table);
        if (write) {
            replace(Path.of(System.getProperty("sextant.home", ".")).resolve("engine/README.md"), table);
        }
        return 0;
    }

    private static String table() {
        var out = new StringBuilder(
                String.format(Locale.ROOT, "%s; %s; float32, %d threads where threads are named.%n%n",
                        Machine.facts().get("cpu"), Machine.facts().get("jdk"), CpuSettings.defaults().threads()));
        List<Step> steps = List.of(Step.values());
        rows(out, String.format(Locale.ROOT, "a product of two %d × %d matrices", Step.SIZE, Step.SIZE),
                steps.stream().filter(Step::isProduct).toList());
        out.append('\n');
        rows(out, String.format(Locale.ROOT, "a 3 × 3 convolution, %d → %d channels, %d images of %d × %d, all threads",
                Step.CHANNELS, Step.CHANNELS, Step.BATCH, Step.SIDE, Step.SIDE),
                steps.stream().filter(s -> !s.isProduct()).toList());
        return out.toString();
    }

    private static void rows(StringBuilder out, String what, List<Step> steps) {
        out.append("| ").append(what).append(" | to read | GFLOP/s | times the rung before | error |\n");
        out.append("|---|---|---:|---:|---:|\n");
        double before = Double.NaN;
        for (Step step : steps) {
            Rung measured = inItsOwnJvm(step);
            out.append(String.format(Locale.ROOT, "| %s | %s | %s | %s | %.1e |%n", step.idea(), step.where(),
                    digits(measured.gigaflops()), Double.isNaN(before) ? "" : digits(measured.gigaflops() / before),
                    measured.error()));
            before = measured.gigaflops();
        }
    }

    private static String digits(double x) {
        return String.format(Locale.ROOT, x < 10 ? "%.1f" : "%.0f", x);
    }

    private static Rung inItsOwnJvm(Step step) {
        List<String> flags = step.lanes > 0 ? List.of("-Dsextant.lanes=" + step.lanes) : List.of();
        List<String> command = OwnJvm.command(flags, BenchMain.class, "ladder", "--rung", step.name());
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String[] lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n");
            String[] numbers = lines[lines.length - 1].split(" ");
            if (process.waitFor() != 0 || numbers.length != 2) {
                throw new SextantException("bench ladder: rung %s failed:%n%s", step, String.join("\n", lines));
            }
            return new Rung(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        } catch (IOException e) {
            throw new SextantException(e, "bench ladder: rung %s does not start: %s", step, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SextantException(e, "bench ladder: interrupted at rung %s", step);
        }
    }

    private static void replace(Path readme, String table) {
        try {
            String text = Files.readString(readme);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw new SextantException("bench ladder: %s has no place for the table, between the lines %s and %s",
                        readme, BEGIN.strip(), END);
            }
            AtomicFile.write(readme, text.substring(0, begin + BEGIN.length()) + table + text.substring(end));
        } catch (IOException e) {
            throw new SextantException(e, "bench ladder: cannot write %s: %s", readme, e.getMessage());
        }
    }
}
