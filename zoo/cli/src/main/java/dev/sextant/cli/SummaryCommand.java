package dev.sextant.cli;

import dev.sextant.cli.measure.LayerTimes;
import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Summary;
import dev.sextant.zoo.Network;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant summary NET[.BLOCK]`: layers, shapes, parameters, multiply-adds and receptive fields, from shapes alone.
@Command(name = "summary", mixinStandardHelpOptions = true, sortOptions = false, description = "Prints a network's layers with shapes, parameters, multiply-adds and receptive fields.")
final class SummaryCommand implements Runnable {
    private static final List<String> FORMATS = List.of("text", "md", "html", "csv", "json");
    private static final List<String> STYLES = List.of("sextant", "torchsummary");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET[.BLOCK]", description = "The network ('sextant nets' lists them) or a block of it, for example resnet50.layer1.0.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "text", description = "text (default), md, html, csv, or json, which ends with totalParams.")
    private String format;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", description = "Images per batch (default: 1).")
    private int batch;

    @Option(names = "--style", paramLabel = "NAME", defaultValue = "sextant", description = "sextant (default), or torchsummary: that tool's rows, columns and sizes.")
    private String style;

    @Option(names = "--depth", paramLabel = "N", defaultValue = "100", description = "How many levels of nested layers to show (default: all).")
    private int depth;

    @Option(names = "--measure", description = "Run the network, and show milliseconds and GFLOP/s of every layer's forward pass.")
    private boolean measure;

    @Mixin
    private DeviceOptions deviceOptions;

    private final Console console;

    SummaryCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Wrong.oneOf(spec, "format", format, FORMATS);
        Wrong.within(spec, "--batch", batch, 1, 1_000_000);
        Wrong.oneOf(spec, "style", style, STYLES);
        Wrong.within(spec, "--depth", depth, 1, 1_000_000);
        int dot = net.indexOf('.');
        Network network = netOptions.network(spec, dot < 0 ? net : net.substring(0, dot));
        var whole = Summary.of(network.model(), network.inputShape(batch), NetOptions.title(network));
        if (measure) {
            Device device = deviceOptions.device(spec);
            network.initialize(device, 0);
            whole = whole.timed(LayerTimes.of(network.model(), network.inputShape(batch), device));
        }
        var summary = (dot < 0 ? whole : block(whole, net.substring(dot + 1))).toDepth(depth);
        console.out()
                .print(style.equals("torchsummary") ? summary.torchsummary(batch == 1 ? -1 : batch) : text(summary));
        console.out().flush();
    }

    private Summary block(Summary whole, String path) {
        try {
            return whole.block(path);
        } catch (SextantException e) {
            throw new Wrong(spec, e.getMessage());
        }
    }

    private String text(Summary summary) {
        return switch (format) {
            case "md" -> summary.markdown();
            case "html" -> summary.html();
            case "csv" -> summary.csv();
            case "json" -> summary.json();
            default -> summary.text();
        };
    }
}
