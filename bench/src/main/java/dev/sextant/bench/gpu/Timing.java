package dev.sextant.bench.gpu;

import dev.sextant.kernels.CudaBackend;
import java.util.Arrays;

/// How long the device takes, by its own clock.
final class Timing {
    private static final int WARM_UP = 3;
    private static final int MOST = 50;
    private static final int LEAST = 5;
    private static final double ENOUGH_MS = 300;

    private Timing() {
    }

    /// Median milliseconds of one run. Some runs go before, in which kernels are loaded and clocks rise.
    static double milliseconds(CudaBackend backend, Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            backend.milliseconds(work);
        }
        double[] samples = new double[MOST];
        int count = 0;
        double sum = 0;
        while (count < MOST && (count < LEAST || sum < ENOUGH_MS)) {
            samples[count] = backend.milliseconds(work);
            sum += samples[count++];
        }
        double[] sorted = Arrays.copyOf(samples, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }
}
