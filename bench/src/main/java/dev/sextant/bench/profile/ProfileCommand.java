package dev.sextant.bench.profile;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.SextantNet;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bench profile NET`.
@Command(name = "profile", mixinStandardHelpOptions = true, description = "Where the milliseconds of one training step or inference go, kernel by kernel.")
public final class ProfileCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NET", description = "lenet, alexnet, vgg11-small, nin, googlenet, resnet18 or densenet.")
    private String net;

    @Option(names = "--mode", description = "train or infer; default: train.")
    private String mode = "train";

    @Option(names = "--batch", description = "Images per step; default: the network's usual batch.")
    private int batch;

    @Option(names = "--threads", description = "Computing threads; default: one per processor.")
    private int threads = CpuSettings.defaults().threads();

    @Option(names = "--precision", description = "exact or fast; default: fast.")
    private String precision = "fast";

    @Option(names = "--warmup", paramLabel = "SECONDS", description = "Steps before measuring; default: 5 s.")
    private double warmUp = 5;

    @Option(names = "--seconds", description = "How long to measure; default: 6 s.")
    private double seconds = 6;

    @Option(names = "--rows", description = "How many shapes to list; default: 40.")
    private int rows = 40;

    @Override
    public Integer call() {
        BookNet book = BookNet.of(net);
        int images = batch > 0 ? batch : book.trainBatch();
        var device = Device.simd(CpuSettings.defaults().withThreads(threads)
                .withPrecision(CpuSettings.Precision.valueOf(precision.toUpperCase(Locale.ROOT))));
        var subject = new SextantNet(book, images, device);
        Runnable step = switch (mode) {
            case "train" -> subject::trainStep;
            case "infer" -> subject::infer;
            default -> throw new SextantException("bench profile: the mode '%s' is neither train nor infer", mode);
        };
        var profile = StepProfile.of(step, warmUp, seconds);
        System.out.println(device.backend().describe());
        profile.print(System.out, book.key() + " " + mode + " b" + images + ", " + threads + " threads, " + precision,
                images, rows);
        return 0;
    }
}
