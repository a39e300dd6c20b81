package dev.sextant.engine.cpu.simd;

/// Sums of runs, with a fixed order of additions: 16 (or 8) interleaved chains, folded pairwise, then the tail.
final class Sums {
    private Sums() {
    }

    /// `Σ x` of `n` elements `step` apart.
    static double sum(float[] x, int at, int n, int step) {
        if (step == 1 && VectorSupport.ON) {
            return VectorSums.sum(x, at, n);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[at + i * step];
        }
        return sum;
    }

    /// `Σ x²`.
    static double sumOfSquares(float[] x, int at, int n) {
        if (VectorSupport.ON) {
            return VectorSums.dot(x, at, x, at, n);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[at + i] * x[at + i];
        }
        return sum;
    }

    /// `Σ (x − centre)²`.
    static double centredSquares(float[] x, int at, int n, float centre) {
        if (VectorSupport.ON) {
            return VectorSums.centredSquares(x, at, n, centre);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = x[at + i] - centre;
            sum += d * d;
        }
        return sum;
    }

    /// `Σ z·(x − centre)`.
    static double centredDot(float[] z, int zo, float[] x, int xo, int n, float centre) {
        if (VectorSupport.ON) {
            return VectorSums.centredDot(z, zo, x, xo, n, centre);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) z[zo + i] * (x[xo + i] - centre);
        }
        return sum;
    }
}
