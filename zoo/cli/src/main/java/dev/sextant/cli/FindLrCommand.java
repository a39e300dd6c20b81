package dev.sextant.cli;

import dev.sextant.cli.chart.RateCurve;
import dev.sextant.cli.train.Examples;
import dev.sextant.cli.train.Start;
import dev.sextant.cli.train.TrainSettings;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.io.AtomicFile;
import dev.sextant.nn.train.LrFinder;
import dev.sextant.zoo.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant find-lr NET`: the learning-rate range test.
@Command(name = "find-lr", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Finds a learning rate: trains some steps with a rate that grows from step to step,",
    "says where the loss falls fastest, and draws loss over rate."
})
final class FindLrCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET", description = "The network; 'sextant nets' lists them.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Option(names = "--from", paramLabel = "X", defaultValue = "1e-4", description = "The first rate (default: 1e-4).")
    private double from;

    @Option(names = "--to", paramLabel = "X", defaultValue = "10", description = "The last rate (default: 10).")
    private double to;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "100", description = "How many steps (default: 100).")
    private int steps;

    @Option(names = "--batch", paramLabel = "N", description = "Images per step (default: the book's).")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of initialisation, order and dropout (default: 0).")
    private long seed;

    @Option(names = "--data", paramLabel = "DIR", description = "As for train.")
    private String data;

    @Option(names = "--out", paramLabel = "FILE", description = "The picture (default: find-lr-NET.svg).")
    private Path out;

    private final Console console;

    FindLrCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Network network = netOptions.network(spec, net);
        Wrong.within(spec, "--steps", steps, 10, 1_000_000);
        if (!(from > 0 && to > from && Double.isFinite(to))) {
            throw new Wrong(spec, "--from and --to must be rates above 0, the second one larger, but " + from + " and "
                    + to + " were given");
        }
        int size = Wrong.within(spec, "--batch", batch == null ? network.hyper().batch() : batch, 1, 1_000_000);
        var settings = new TrainSettings(net, network.edition(), network.variant(), "simd", seed,
                CpuSettings.defaults().threads(), "fast", true, "auto", 1, size,
                network.hyper().lr(), data, 0, netOptions.settings, Start.FROM_SEED);
        Device device = Devices.of("simd", settings.threads(), "fast", "auto");
        LrFinder found;
        try (var examples = Examples.of(settings, device, console.err()::println)) {
            var model = examples.network().initialize(device, seed);
            found = LrFinder.run(model, new OptimizerSpec.Sgd(1, 0, 0, 0, false), examples.task(), examples.train(),
                    from, to, steps, seed);
        }
        var last = found.points().isEmpty() ? null : found.points().getLast();
        if (last == null) {
            throw new SextantException("find-lr: the first step's loss is not finite, at the rate %s", from);
        }
        console.out().println(String.format(Locale.ROOT, "the loss falls fastest at %.2g; %s", found.suggestion(),
                found.points().size() < steps ? String.format(Locale.ROOT, "it explodes after %.2g", last.lr())
                        : "it does not explode up to " + to));
        Path picture = out == null ? Path.of("find-lr-" + net + ".svg") : out;
        try {
            AtomicFile.write(picture, RateCurve.svg(net + ": loss while the rate grows", found));
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", picture, e);
        }
        console.err().println("loss over rate: " + picture);
        return ExitCode.OK;
    }
}
