package dev.sextant.cli;

import dev.sextant.cli.train.TrainRun;
import dev.sextant.cli.train.TrainSettings;
import dev.sextant.engine.CpuSettings;
import dev.sextant.zoo.Hyper;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant train NET`: trains and ends with the book's two lines.
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Trains a network; ends with its loss and accuracies, and its speed.",
    "Leaves a run folder: metrics.jsonl, curve.svg, curve.png, index.html, run.json and a checkpoint.",
    "Ctrl-C finishes the current step, writes a checkpoint and says how to go on."
})
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NET", description = "The network; 'sextant nets' lists them.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Mixin
    private WeightsOptions weights;

    @Option(names = "--freeze", paramLabel = "PATTERN", description = "Do not train parameters whose whole name matches, for example 'features\\..*'; body: all but the last layer's.")
    private String freeze;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training set (default: the book's, 10).")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Images per step (default: the book's).")
    private Integer batch;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate (default: the book's).")
    private Double lr;

    @Option(names = "--seed", paramLabel = "N", description = "Of initialisation, shuffling and dropout (default: 0).")
    private Long seed;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with the data set's files, or 'synthetic' (default: found or fetched).")
    private String data;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder (default: runs/NET-SEED-TIME).")
    private Path out;

    @Option(names = "--resume", paramLabel = "DIR", description = "Go on with the run in this folder, with its own settings; --epochs may be raised.")
    private Path resume;

    @Option(names = "--backend", paramLabel = "NAME", description = "simd (default), ref or cuda; settings of cuda follow a colon: cuda:precision=tf32,forward=winograd.")
    private String backend;

    @Option(names = "--gpu-lib", paramLabel = "NAME", description = "With --backend cuda: own kernels (default) or cudnn.")
    private String gpuLibrary;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: all processors); does not change the result.")
    private Integer threads;

    @Option(names = "--precision", paramLabel = "NAME", description = "fast (default), or exact: no algorithm that rounds more than a plain sum.")
    private String precision;

    @Option(names = "--fuse", paramLabel = "on|off", description = "Run neighbouring layers as one operation (default: on).")
    private String fuse;

    @Option(names = "--conv", paramLabel = "NAME", description = "Convolution algorithm: auto (default), naive, im2col, implicit-gemm or winograd.")
    private String conv;

    @Option(names = "--explain", description = "Print every operation of the first step, and what computed it.")
    private boolean explain;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<String> given = spec.commandLine().getParseResult().originalArgs();
        String commandLine = "sextant " + String.join(" ", given);
        if (resume != null) {
            return TrainRun.resume(console, resume, this::resumed, commandLine, explain);
        }
        if (net == null) {
            throw new Wrong(spec, "train needs a network, for example: sextant train lenet; known are "
                    + String.join(", ", Zoo.names()));
        }
        return TrainRun.start(console, settings(), out, commandLine, explain);
    }

    private TrainSettings settings() {
        Network network = netOptions.network(spec, net);
        Hyper usual = network.hyper();
        return new TrainSettings(network.name(), network.edition(), network.variant(),
                Devices.name(spec, backend, gpuLibrary),
                seed == null ? 0 : seed, threads(CpuSettings.defaults().threads()),
                Wrong.oneOf(spec, "precision", precision == null ? "fast" : precision, Devices.PRECISIONS),
                Wrong.oneOf(spec, "value for --fuse", fuse == null ? "on" : fuse, List.of("on", "off")).equals("on"),
                Wrong.oneOf(spec, "convolution algorithm", conv == null ? "auto" : conv, Devices.CONV),
                epochs(usual.epochs()), Wrong.within(spec, "--batch", batch == null ? usual.batch() : batch, 1,
                        1_000_000),
                learningRate(usual.lr()), data, 0, netOptions.settings, weights.start(spec, freeze));
    }

    private int threads(int usual) {
        return Wrong.within(spec, "--threads", threads == null ? usual : threads, 1, 256);
    }

    private int epochs(int usual) {
        return Wrong.within(spec, "--epochs", epochs == null ? usual : epochs, 1, 1_000_000);
    }

    private double learningRate(double usual) {
        double rate = lr == null ? usual : lr;
        if (!(rate > 0 && Double.isFinite(rate))) {
            throw new Wrong(spec, "--lr must be a positive number, but " + rate + " was given");
        }
        return rate;
    }

    /// A resumed run keeps its settings, but for those that leave the past as it was.
    private TrainSettings resumed(TrainSettings s) {
        refuseWithResume("NET", net != null && !net.equals(s.net()));
        refuseWithResume("--edition", netOptions.edition != null && !netOptions.edition.equals(s.edition()));
        refuseWithResume("--variant", netOptions.variant != null && !netOptions.variant.equals(s.variant()));
        refuseWithResume("--set", !netOptions.settings.isEmpty() && !netOptions.settings.equals(s.options()));
        refuseWithResume("--weights", weights.given());
        refuseWithResume("--freeze", freeze != null && !freeze.equals(s.start().freeze()));
        refuseWithResume("--backend", backend != null && !backend.equals(s.backend().split(":")[0]));
        refuseWithResume("--gpu-lib",
                gpuLibrary != null && gpuLibrary.equals("cudnn") != s.backend().contains("cudnn"));
        refuseWithResume("--seed", seed != null && seed != s.seed());
        refuseWithResume("--precision", precision != null && !precision.equals(s.precision()));
        refuseWithResume("--fuse", fuse != null && fuse.equals("on") != s.fuse());
        refuseWithResume("--conv", conv != null && !conv.equals(s.conv()));
        refuseWithResume("--batch", batch != null && batch != s.batch());
        refuseWithResume("--lr", lr != null && lr != s.lr());
        refuseWithResume("--out", out != null && !out.equals(resume));
        return s.forSitting(threads(s.threads()), epochs(s.epochs()), data == null ? s.data() : data);
    }

    private void refuseWithResume(String flag, boolean differs) {
        if (differs) {
            throw new Wrong(spec, "--resume goes on with the run's own settings, so " + flag
                    + " cannot change; leave it out, or start a new run");
        }
    }
}
