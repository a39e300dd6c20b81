package dev.sextant.bench.gpu;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.Formula;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.gpu.Check.Failure;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.bench.gpu.Check.Skip;
import dev.sextant.bench.gpu.ComparedTraining.Part;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.kernels.CudaBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Whole networks: training steps that must be the CPU's, and how many images a second they train.
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

    /// At the zoo's own weights and this rate every network learns the batch without a leap, so that one step tells
    /// right from wrong. The formula's weights are worse conditioned: AlexNet's loss trebles in the first step.
    private static final OptimizerSpec RULE = new OptimizerSpec.Sgd(0.01, 0, 0, 0, false);
    private static final long SEED = 1;
    private static final int MEASURED = 15;
    /// Batches that fill a large GPU, which the book's 32 do not; LeNet's images are small.
    private static final int LARGE = 256;
    private static final int LARGE_LENET = 2048;
    /// Memory below which such a batch is left out.
    private static final long MEMORY_MB = 30_000;

    private final Gpu gpu;
    private final int batch;
    private final int steps;

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

    /// At the book's batch and at a large one.
    List<Check> throughput(BookNet... nets) {
        List<Check> checks = new ArrayList<>();
        for (BookNet net : nets) {
            for (int images : new int[] {net.trainBatch(), net == BookNet.LENET ? LARGE_LENET : LARGE}) {
                for (String settings : List.of(Gpu.OWN, Gpu.CUDNN, Gpu.CUDNN_TF32)) {
                    checks.add(new Check(THROUGHPUT, settings, net.key() + ", batch " + images,
                            () -> measure(net, settings, images)));
                }
            }
        }
        return checks;
    }

    private Measured train(BookNet net, String settings) {
        Device cpu = Device.simd(CpuSettings.defaults().withPrecision(CpuSettings.Precision.EXACT));
        var training = new ComparedTraining(SextantNet.initialized(net, batch, gpu.device(settings), SEED, RULE),
                SextantNet.initialized(net, batch, cpu, SEED, RULE));
        double[] expected = new double[steps];
        double[] got = new double[steps];
        Part closest = null;
        int when = 0;
        for (int i = 0; i < steps; i++) {
            var step = training.step();
            expected[i] = step.expected();
            got[i] = step.loss();
            if (closest == null || step.closest().share() > closest.share()) {
                closest = step.closest();
                when = i + 1;
            }
        }
        var measured = Measured.of(closest.error(), closest.allowed(), String.format(Locale.ROOT,
                "%d steps, batch %d: loss from %.4f to %.4f; the closest call is %s in step %d", steps, batch, got[0],
                got[steps - 1], closest.what(), when));
        measured.series().put(CPU, expected);
        measured.series().put(GPU, got);
        if (closest.share() > 1) {
            throw new Failure(measured, "a step differs from the CPU's from the same weights: " + measured.remark()
                    + "\nCPU " + Arrays.toString(expected) + "\nGPU " + Arrays.toString(got));
        }
        return measured;
    }

    private Measured measure(BookNet net, String settings, int images) {
        Device device = gpu.device(settings);
        CudaBackend backend = gpu.backend(settings);
        Long memory = backend.facts().get("memory, MB");
        if (images > net.trainBatch() && memory != null && memory < MEMORY_MB) {
            throw new Skip("batch " + images + " is for GPUs of " + MEMORY_MB + " MB, this one has " + memory);
        }
        var subject = new SextantNet(net, images, device);
        int warmUp = WarmUp.run(() -> {
            subject.trainStep();
            backend.synchronize();
        });
        double[] seconds = new double[MEASURED];
        for (int i = 0; i < MEASURED; i++) {
            long start = System.nanoTime();
            subject.trainStep();
            backend.synchronize();
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(seconds);
        float[] host = Formula.images(images, net.size());
        NDArray target = NDArray.empty(Shape.of(host.length), DType.FLOAT32, device);
        double upload = Timing.milliseconds(backend, () -> backend.upload(host, target));
        var measured = Measured.of(Double.NaN, Double.NaN, "batch " + images + ", images resident on the device, after "
                + warmUp + " steps");
        measured.numbers().put(IMAGES, images / seconds[MEASURED / 2]);
        measured.numbers().put(STEP, 1e3 * seconds[MEASURED / 2]);
        measured.numbers().put(UPLOAD, upload);
        measured.numbers().put("GB/s of the upload", 4e-6 * host.length / upload);
        // The devices of the other settings want this memory next.
        backend.cacheMemory(true);
        return measured;
    }
}
