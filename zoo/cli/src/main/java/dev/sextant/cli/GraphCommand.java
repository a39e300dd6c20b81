package dev.sextant.cli;

import dev.sextant.cli.graph.Dot;
import dev.sextant.cli.graph.Picture;
import dev.sextant.cli.graph.Svg;
import dev.sextant.cli.graph.TracedGraph;
import dev.sextant.cli.plan.PlanBackend;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.io.AtomicFile;
import dev.sextant.nn.train.Task;
import dev.sextant.zoo.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant graph NET[.BLOCK]`: the operations of a training step as a picture.
@Command(name = "graph", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Draws the operations of a training step, forward and backward, from a traced step of shapes alone.",
    "Big networks are shown as blocks; --depth opens them, and NET.BLOCK shows one."
})
final class GraphCommand implements Runnable {
    private static final List<String> FORMATS = List.of("svg", "dot");
    /// More boxes than these do not fit a screen.
    private static final int MOST_BOXES = 40;
    /// Batch norm of vectors needs two examples.
    private static final int BATCH = 2;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET[.BLOCK]", description = "The network ('sextant nets' lists them) or a block of it, for example resnet18.2.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Option(names = "--format", paramLabel = "NAME", description = "svg or dot (default: by the name of --out, else svg).")
    private String format;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE", description = "Where to write (default: standard output).")
    private Path out;

    @Option(names = "--depth", paramLabel = "N", description = "How many levels of nested layers to show (default: as many as give a readable picture).")
    private Integer depth;

    @Option(names = "--no-backward", description = "Leave the gradients out.")
    private boolean forwardOnly;

    private final Console console;

    GraphCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (format == null) {
            format = out != null && out.toString().endsWith(".dot") ? "dot" : "svg";
        }
        Wrong.oneOf(spec, "format", format, FORMATS);
        if (depth != null) {
            Wrong.within(spec, "--depth", depth, 1, 1000);
        }
        int dot = net.indexOf('.');
        Network network = netOptions.network(spec, dot < 0 ? net : net.substring(0, dot));
        String block = dot < 0 ? "" : net.substring(dot + 1);
        TracedGraph trace = trace(network);
        Picture picture = depth != null ? Picture.of(trace, block, depth) : readable(trace, block);
        if (picture.boxes().isEmpty()) {
            throw new Wrong(spec, network.name() + " runs no layer '" + block + "'; its outermost are "
                    + network.model().children().keySet());
        }
        String title = NetOptions.title(network) + (block.isEmpty() ? "" : ", block " + block);
        write(format.equals("dot") ? Dot.of(picture, title, !forwardOnly) : Svg.of(picture, title, !forwardOnly));
    }

    private static TracedGraph trace(Network network) {
        Device shapes = PlanBackend.shapesOnly(Device.standard(), BATCH);
        Layer model = network.model();
        PlanBackend.fill(model, network.inputShape(BATCH), shapes);
        model.train();
        Task task = network.task();
        try (var _ = Scope.open("traced step")) {
            NDArray images = NDArray.zeros(network.inputShape(BATCH), DType.FLOAT32, shapes);
            NDArray target = task == Task.REGRESSION
                    ? NDArray.zeros(Shape.of(BATCH, network.classes()), DType.FLOAT32, shapes)
                    : NDArray.zeros(Shape.of(BATCH), DType.INT32, shapes);
            return TracedGraph.of(model, images,
                    outputs -> task.loss(outputs, target));
        }
    }

    /// The deepest view that is not too much at once.
    private static Picture readable(TracedGraph trace, String block) {
        Picture chosen = Picture.of(trace, block, 1);
        int boxes = -1;
        for (int levels = 2; chosen.boxes().size() != boxes; levels++) {
            boxes = chosen.boxes().size();
            Picture deeper = Picture.of(trace, block, levels);
            if (deeper.boxes().size() > MOST_BOXES) {
                break;
            }
            chosen = deeper;
        }
        return chosen;
    }

    private void write(String text) {
        if (out == null) {
            console.out().print(text);
            console.out().flush();
            return;
        }
        try {
            AtomicFile.write(out, text);
        } catch (IOException e) {
            throw new SextantException(e, "graph: cannot write %s: %s", out, e);
        }
        console.out().println(out);
        console.out().flush();
    }
}
