package dev.sextant.bench.report;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bench report A.json [B.json]`.
@Command(name = "report", mixinStandardHelpOptions = true, description = {
    "A page with charts, and JSON beside it, from what JMH wrote with -rf json; with two files, their comparison."})
public final class ReportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A.json", description = "A run of JMH.")
    private Path first;

    @Parameters(index = "1", arity = "0..1", paramLabel = "B.json", description = "A later run, compared with the first.")
    private Path second;

    @Option(names = {"-o",
        "--output"}, paramLabel = "PAGE", description = "The page; default: report.html. The JSON lies beside it.")
    private Path output = Path.of("report.html");

    private final PrintStream out;

    /// Prints to standard output.
    public ReportCommand() {
        this(System.out);
    }

    ReportCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        var report = second == null ? BenchReport.of(first.toString(), JmhResult.read(first))
                : BenchReport.of(first.toString(), JmhResult.read(first), second.toString(), JmhResult.read(second));
        report.lines().forEach(out::println);
        Path json = output.resolveSibling(output.getFileName().toString().replaceFirst("\\.html$", "") + ".json");
        Files.writeString(output, report.html());
        Files.writeString(json,
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(report) + "\n");
        out.println((report.simulated() ? "simulated  " : "") + output + " and " + json);
        return 0;
    }
}
