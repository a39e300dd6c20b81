package dev.sextant.bench.gpu;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.Formula;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.gpu.Check.Failure;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.kernels.CudaBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Whole networks: training steps whose losses must be the CPU's, and how many images a second they train.
final class NetworkChecks {
    static final String TRAINING = "training against the CPU";
    static final String THROUGHPUT = "throughput";
    /// Names of the numbers of a throughput.
    static final String IMAGES = "images/s";
    static final String STEP = "ms per step";
    static final String UPLOAD = "ms to upload the batch";

    /// Names of the losses by step.
    static final String CPU = "CPU";
    static final String GPU = "GPU";

    /// The first loss comes from one forward pass.
    private static final double FIRST = 1e-5;
    /// Later ones carry what the updates made of its rounding, which in deep networks is a lot, and different from step
    /// to step. The CPU itself says how much: it trains in both of its precisions, and the GPU may be this many times as
    /// far from `exact` as `fast` was until then.
    private static final double TIMES = 4;
    /// What is always allowed.
    private static final double LEAST = 1e-3;
    private static final int WARM_UP = 3;
    private static final int MEASURED = 15;

    private final Gpu gpu;
    private final int batch;
    private final int steps;
    private final Map<BookNet, Expected> expected = new EnumMap<>(BookNet.class);

    /// The CPU's losses, and what another device's may differ by at each step, as a share of the first.
    private record Expected(double[] losses, double[] allowed) {
    }

    NetworkChecks(Gpu gpu, int batch, int steps) {
        this.gpu = gpu;
        this.batch = batch;
        this.steps = steps;
    }

    List<Check> training(BookNet... nets) {
        List<Check> checks = new ArrayList<>();
        for (BookNet net : nets) {
            for (String settings : List.of(Gpu.OWN, Gpu.CUDNN)) {
                checks.add(new Check(TRAINING, settings, net.key(), () -> train(net, settings)));
            }
        }
        return checks;
    }

    List<Check> throughput(BookNet... nets) {
        List<Check> checks = new ArrayList<>();
        for (BookNet net : nets) {
            for (String settings : List.of(Gpu.OWN, Gpu.CUDNN, Gpu.CUDNN_TF32)) {
                checks.add(new Check(THROUGHPUT, settings, net.key(), () -> measure(net, settings)));
            }
        }
        return checks;
    }

    private double[] losses(BookNet net, Device device) {
        var subject = new SextantNet(net, batch, device);
        double[] losses = new double[steps];
        for (int i = 0; i < steps; i++) {
            losses[i] = subject.trainStep();
        }
        return losses;
    }

    private Expected expected(BookNet net) {
        double[] exact = losses(net, cpu(CpuSettings.Precision.EXACT));
        double[] fast = losses(net, cpu(CpuSettings.Precision.FAST));
        double[] allowed = new double[steps];
        double spread = 0;
        for (int i = 0; i < steps; i++) {
            spread = Math.max(spread, Math.abs(exact[i] - fast[i]) / exact[0]);
            allowed[i] = i == 0 ? FIRST : Math.max(LEAST, TIMES * spread);
        }
        return new Expected(exact, allowed);
    }

    private static Device cpu(CpuSettings.Precision precision) {
        return Device.simd(CpuSettings.defaults().withPrecision(precision));
    }

    private Measured train(BookNet net, String settings) {
        Device device = gpu.device(settings);
        Expected want = expected.computeIfAbsent(net, this::expected);
        double[] got = losses(net, device);
        double[] error = new double[steps];
        int worst = 0;
        for (int i = 0; i < steps; i++) {
            double by = Math.abs(want.losses[i] - got[i]) / want.losses[0];
            error[i] = Double.isNaN(by) ? Double.POSITIVE_INFINITY : by;
            worst = error[i] / want.allowed[i] > error[worst] / want.allowed[worst] ? i : worst;
        }
        var measured = Measured.of(error[worst], want.allowed[worst], String.format(Locale.ROOT,
                "%d steps, batch %d: loss from %.4f to %.4f, the CPU's to %.4f; the closest call is step %d, as a share "
                        + "of the first loss",
                steps, batch, got[0], got[steps - 1], want.losses[steps - 1], worst + 1));
        measured.series().put(CPU, want.losses);
        measured.series().put(GPU, got);
        measured.series().put("allowed difference as a share of the first loss", want.allowed);
        if (error[worst] > want.allowed[worst]) {
            throw new Failure(measured, "losses differ from the CPU's: " + measured.remark() + "\nCPU "
                    + Arrays.toString(want.losses) + "\nGPU " + Arrays.toString(got));
        }
        if (want.losses[steps - 1] == want.losses[0]) {
            throw new Failure(measured, "the loss does not move on the CPU, so the comparison shows nothing");
        }
        return measured;
    }

    private Measured measure(BookNet net, String settings) {
        Device device = gpu.device(settings);
        CudaBackend backend = gpu.backend(settings);
        int images = net.trainBatch();
        var subject = new SextantNet(net, images, device);
        double[] seconds = new double[MEASURED];
        for (int i = -WARM_UP; i < MEASURED; i++) {
            long start = System.nanoTime();
            subject.trainStep();
            backend.synchronize();
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        float[] host = Formula.images(images, net.size());
        NDArray target = NDArray.empty(Shape.of(host.length), DType.FLOAT32, device);
        double upload = Timing.milliseconds(backend, () -> backend.upload(host, target));
        var measured = Measured.of(Double.NaN, Double.NaN, "batch " + images + ", images resident on the device");
        measured.numbers().put(IMAGES, images / seconds[MEASURED / 2]);
        measured.numbers().put(STEP, 1e3 * seconds[MEASURED / 2]);
        measured.numbers().put(UPLOAD, upload);
        measured.numbers().put("GB/s of the upload", 4e-6 * host.length / upload);
        return measured;
    }
}
