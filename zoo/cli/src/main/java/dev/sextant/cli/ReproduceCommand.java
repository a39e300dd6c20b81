package dev.sextant.cli;

import dev.sextant.cli.reproduce.Published;
import dev.sextant.cli.reproduce.Reproduction;
import dev.sextant.cli.run.RunFolder;
import dev.sextant.cli.train.Start;
import dev.sextant.cli.train.TrainRun;
import dev.sextant.cli.train.TrainSettings;
import dev.sextant.engine.CpuSettings;
import dev.sextant.zoo.LinearRegression;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant reproduce NET`: trains with the book's settings and says whether the book's numbers came out.
@Command(name = "reproduce", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Trains with the book's settings on Fashion-MNIST and compares with what the book prints.",
    "The same command goes on with a run that was stopped or had fewer epochs, to the same bits.",
    "Leaves a run folder as 'train' does, with the comparison in reproduction.svg."
})
final class ReproduceCommand implements Callable<Integer> {
    /// Images of `--quick` where an image takes long.
    private static final int QUICK_IMAGES = 1280;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET", description = "A network of the book edition; 'sextant nets' lists them.")
    private String net;

    @Option(names = "--variant", paramLabel = "NAME", description = "A variation of the network, for example no-second-sigmoid.")
    private String variant;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training set in all (default: the book's 10); with fewer there is no verdict yet.")
    private Integer epochs;

    @Option(names = "--quick", description = "Only see that it trains, and how long ten epochs would take: 3 epochs at 28x28, else 2 epochs of 1280 images.")
    private boolean quick;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of initialisation, shuffling and dropout (default: 0).")
    private long seed;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: all processors); does not change the result.")
    private Integer threads;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with Fashion-MNIST's files (default: found or fetched).")
    private String data;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder (default: runs/reproduce-NET-VARIANT-SEED).")
    private Path out;

    private final Console console;

    ReproduceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Wrong.oneOf(spec, "network", net, Zoo.names());
        String version = variant == null ? Zoo.variants(net).getFirst()
                : Wrong.oneOf(spec, "variant of " + net, variant, Zoo.variants(net));
        if (net.equals(LinearRegression.NAME)) {
            throw new Wrong(spec, "linear has no classes, so there is nothing to reproduce; try: sextant train linear");
        }
        if (quick && epochs != null) {
            throw new Wrong(spec, "--quick chooses its own number of epochs; leave --epochs out");
        }
        TrainSettings settings = settings(Zoo.book(net, version));
        Path folder = out != null ? out : Path.of("runs", Reproduction.name(settings) + (quick ? "-quick" : ""));
        String commandLine = "sextant " + String.join(" ", spec.commandLine().getParseResult().originalArgs());
        int code = RunFolder.isRun(folder)
                ? TrainRun.resume(console, folder, recorded -> goOn(recorded, settings, folder), commandLine, false)
                : TrainRun.start(console, settings, folder, commandLine, false);
        if (code == ExitCode.OK) {
            report(Reproduction.read(folder), folder);
        }
        return code;
    }

    private TrainSettings settings(Network network) {
        boolean small = network.input().dim(1) <= 28;
        int passes = quick ? small ? 3 : 2
                : Wrong.within(spec, "--epochs", epochs == null ? Published.EPOCHS : epochs, 1, 1_000_000);
        return new TrainSettings(network.name(), network.edition(), network.variant(), "simd", seed,
                Wrong.within(spec, "--threads", threads == null ? CpuSettings.defaults().threads() : threads, 1, 256),
                "fast", true, "auto",
                passes, network.hyper().batch(), network.hyper().lr(), data, quick && !small ? QUICK_IMAGES : 0,
                Map.of(),
                Start.FROM_SEED);
    }

    /// The recorded settings, unless they are those of another training.
    private TrainSettings goOn(TrainSettings recorded, TrainSettings wanted, Path folder) {
        TrainSettings same = recorded.forSitting(wanted.threads(), wanted.epochs(), wanted.data());
        if (!same.equals(wanted)) {
            throw new Wrong(spec, folder + " holds a run with other settings (" + recorded
                    + "); give another folder with --out");
        }
        return recorded.forSitting(wanted.threads(), Math.max(wanted.epochs(), recorded.epochs()),
                wanted.data() == null ? recorded.data() : wanted.data());
    }

    private void report(Reproduction run, Path folder) {
        var out = console.out();
        if (quick) {
            out.println(String.format(Locale.ROOT, "quick: at %.1f images/s the book's %d epochs of 60000 images take "
                    + "%.1f hours, tests not counted; no verdict, since the book trains longer",
                    run.imagesPerSecond(), Published.EPOCHS,
                    Published.EPOCHS * 60_000 / run.imagesPerSecond() / 3600));
        } else {
            run.verdict().lines().forEach(out::println);
        }
        Path picture = folder.resolve("reproduction.svg");
        run.draw(picture);
        console.err().println("curve against the published numbers: " + picture);
        out.flush();
    }
}
