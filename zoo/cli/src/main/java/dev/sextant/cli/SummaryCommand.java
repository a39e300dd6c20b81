package dev.sextant.cli;

import dev.sextant.nn.Summary;
import dev.sextant.zoo.Network;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant summary NET`: layers, shapes, parameters and multiply-adds, from shapes alone.
@Command(name = "summary", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prints a network's layers with shapes, parameters and multiply-adds.")
final class SummaryCommand implements Runnable {
    private static final List<String> FORMATS = List.of("text", "md", "html", "csv", "json");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET", description = "The network; 'sextant nets' lists them.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "text",
            description = "text (default), md, html, csv, or json, which ends with totalParams.")
    private String format;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", description = "Images per batch (default: 1).")
    private int batch;

    private final Console console;

    SummaryCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Wrong.oneOf(spec, "format", format, FORMATS);
        Wrong.within(spec, "--batch", batch, 1, 1_000_000);
        Network network = netOptions.network(spec, net);
        String title = network.name() + " (" + network.edition()
                + (network.variant().equals(network.edition()) ? ")" : ", " + network.variant() + ")");
        var summary = Summary.of(network.model(), network.inputShape(batch), title);
        console.out().print(switch (format) {
            case "md" -> summary.markdown();
            case "html" -> summary.html();
            case "csv" -> summary.csv();
            case "json" -> summary.json();
            default -> summary.text();
        });
        console.out().flush();
    }
}
