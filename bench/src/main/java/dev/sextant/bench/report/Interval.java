package dev.sextant.bench.report;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/// A value and the interval that it lies in, at the confidence of 99.9 % that JMH's own score error has.
///
/// Iterations count as independent samples, as JMH counts them. With fewer than two there is no interval: its ends are
/// null.
record Interval(double value, Double low, Double high) {
    /// How sure an interval is.
    static final double CONFIDENCE = 0.999;

    /// The mean, by Student's distribution.
    static Interval mean(double[] samples) {
        double mean = StatUtils.mean(samples);
        if (samples.length < 2) {
            return new Interval(mean, null, null);
        }
        double half = quantile(samples.length - 1)
                * Math.sqrt(StatUtils.variance(samples) / samples.length);
        return new Interval(mean, mean - half, mean + half);
    }

    /// The difference of the means of `b` and `a` as a share of `a`'s mean, by Welch's method (1947), which lets the two
    /// have different variances.
    static Interval change(double[] a, double[] b) {
        double base = StatUtils.mean(a);
        double change = StatUtils.mean(b) / base - 1;
        if (a.length < 2 || b.length < 2) {
            return new Interval(change, null, null);
        }
        double va = StatUtils.variance(a) / a.length;
        double vb = StatUtils.variance(b) / b.length;
        if (va + vb == 0) {
            return new Interval(change, change, change);
        }
        double freedom = (va + vb) * (va + vb) / (va * va / (a.length - 1) + vb * vb / (b.length - 1));
        double half = quantile(freedom) * Math.sqrt(va + vb) / base;
        return new Interval(change, change - half, change + half);
    }

    private static double quantile(double degreesOfFreedom) {
        return new TDistribution(degreesOfFreedom).inverseCumulativeProbability(1 - (1 - CONFIDENCE) / 2);
    }

    boolean isKnown() {
        return low != null;
    }

    boolean contains(double other) {
        return low <= other && other <= high;
    }
}
