package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BatchNormSpec;

/// Means and deviations of runs.
final class Channels {
    private Channels() {
    }

    /// Elements per image and channel of `[N, C]` or `[N, C, …]`.
    static int planeSize(NDArray x) {
        int size = 1;
        for (int axis = 2; axis < x.rank(); axis++) {
            size *= x.dim(axis);
        }
        return size;
    }

    /// Mean and biased variance of `runs` runs of `length`, `stride` apart.
    static double moments(float[] x, int at, int runs, int stride, int length, double eps, SimdNorm.Moments into,
            int index) {
        double count = (double) runs * length;
        double sum = 0;
        for (int n = 0; n < runs; n++) {
            sum += Sums.sum(x, at + n * stride, length, 1);
        }
        double mean = sum / count;
        float centre = (float) mean;
        double squares = 0;
        for (int n = 0; n < runs; n++) {
            squares += Sums.centredSquares(x, at + n * stride, length, centre);
        }
        double off = mean - centre;
        double variance = Math.max(0, squares / count - off * off);
        into.put(index, mean, 1 / Math.sqrt(variance + eps));
        return variance;
    }

    /// Statistics of channel `c`, and the running ones brought up to date.
    static void batchMoments(BatchNormSpec spec, float[] x, int at, int images, int stride, int plane,
            SimdNorm.Moments into, int c, Vector1 runningMean, Vector1 runningVar) {
        double variance = moments(x, at, images, stride, plane, spec.eps(), into, c);
        double count = (double) images * plane;
        updateRunning(spec, count, c, into.meanOf(c), variance, runningMean, runningVar);
    }

    /// `running = (1 − m)·running + m·batch`, with the unbiased variance.
    static void updateRunning(BatchNormSpec spec, double count, int c, double mean, double variance,
            Vector1 runningMean, Vector1 runningVar) {
        double m = spec.momentum();
        if (runningMean.isThere()) {
            runningMean.put(c, (1 - m) * runningMean.get(c) + m * mean, false);
        }
        if (runningVar.isThere()) {
            runningVar.put(c, (1 - m) * runningVar.get(c) + m * variance * count / (count - 1), false);
        }
    }
}
