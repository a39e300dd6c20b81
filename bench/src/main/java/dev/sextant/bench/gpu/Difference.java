package dev.sextant.bench.gpu;

import dev.sextant.engine.NDArray;

/// How far a result is from the expected one.
///
/// @param worst   largest difference of two elements; infinite where one alone is NaN
/// @param largest largest expected magnitude
record Difference(double worst, double largest) {
    /// None yet.
    static final Difference NONE = new Difference(0, 0);

    static Difference of(NDArray expected, NDArray actual) {
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        double worst = e.length == a.length ? 0 : Double.POSITIVE_INFINITY;
        double largest = 0;
        for (int i = 0; i < Math.min(e.length, a.length); i++) {
            double by = Float.isNaN(e[i]) && Float.isNaN(a[i]) ? 0 : Math.abs((double) e[i] - a[i]);
            worst = Math.max(worst, Double.isNaN(by) ? Double.POSITIVE_INFINITY : by);
            largest = Math.max(largest, Math.abs(e[i]));
        }
        return new Difference(worst, largest);
    }

    Difference and(Difference other) {
        return relative() >= other.relative() ? this : other;
    }

    /// As a share of the largest expected value.
    double relative() {
        return worst == 0 ? 0 : worst / Math.max(largest, Double.MIN_NORMAL);
    }
}
