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

    /// First losses come from one forward pass; later ones carry what twenty updates made of its rounding.
    private static final double FIRST = 1e-5;
    private static final double LATER = 1e-3;
    private static final int WARM_UP = 3;
    private static final int MEASURED = 15;

    private final Gpu gpu;
    private final int batch;
    private final int steps;
    private final Map<BookNet, double[]> expected = new EnumMap<>(BookNet.class);

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

    private Measured train(BookNet net, String settings) {
        Device device = gpu.device(settings);
        double[] want = expected.computeIfAbsent(net, n -> losses(n, Device.simd(CpuSettings.defaults()
                .withPrecision(CpuSettings.Precision.EXACT))));
        double[] got = losses(net, device);
        double worst = 0;
        for (int i = 0; i < steps; i++) {
            double by = Math.abs(want[i] - got[i]) / Math.abs(want[0]);
            worst = Math.max(worst, Double.isNaN(by) ? Double.POSITIVE_INFINITY : by);
        }
        double first = Math.abs(want[0] - got[0]) / Math.abs(want[0]);
        var measured = Measured.of(worst, LATER, String.format(Locale.ROOT,
                "%d steps, batch %d: loss from %.4f to %.4f; first loss off by %.1e, allowed %.0e; differences as a "
                        + "share of the first loss",
                steps, batch, got[0], got[steps - 1], first, FIRST));
        measured.series().put("loss on the CPU", want);
        measured.series().put("loss on the GPU", got);
        if (!(first <= FIRST) || !(worst <= LATER)) {
            throw new Failure(measured, "losses differ from the CPU's: " + measured.remark() + "\nCPU "
                    + Arrays.toString(want) + "\nGPU " + Arrays.toString(got));
        }
        if (want[steps - 1] == want[0]) {
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
