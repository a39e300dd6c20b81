package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import java.util.Arrays;

/// Every reduction as a function of the elements that meet in one result, and its derivatives. Conventions:
/// [ReduceSpec.Kind].
final class Reducers {
    private Reducers() {
    }

    /// The reduction of `v`.
    static double value(ReduceSpec spec, double[] v) {
        return switch (spec.kind()) {
            case SUM -> sum(v);
            case MEAN -> sum(v) / v.length;
            case MAX, MIN, AMAX, AMIN -> v[winner(spec.kind(), v)];
            case ARGMAX, ARGMIN -> winner(spec.kind(), v);
            case PROD -> {
                double product = 1;
                for (double e : v) {
                    product *= e;
                }
                yield product;
            }
            case VAR -> variance(spec, v);
            case STD -> Math.sqrt(variance(spec, v));
            case NORM2 -> norm(v);
            case LOGSUMEXP -> logSumExp(v);
        };
    }

    /// The derivative of the reduction with respect to each element.
    static double[] slopes(ReduceSpec spec, double[] v) {
        double[] slope = new double[v.length];
        switch (spec.kind()) {
            case SUM -> Arrays.fill(slope, 1);
            case MEAN -> Arrays.fill(slope, 1.0 / v.length);
            case MAX, MIN -> slope[winner(spec.kind(), v)] = 1;
            case AMAX, AMIN -> {
                double best = v[winner(spec.kind(), v)];
                long ties = Arrays.stream(v).filter(e -> e == best).count();
                Arrays.setAll(slope, i -> v[i] == best ? 1.0 / ties : 0);
            }
            case PROD -> {
                // The product of all others, without dividing by an element that may be 0.
                double before = 1;
                for (int i = 0; i < v.length; i++) {
                    slope[i] = before;
                    before *= v[i];
                }
                double after = 1;
                for (int i = v.length - 1; i >= 0; i--) {
                    slope[i] *= after;
                    after *= v[i];
                }
            }
            case VAR -> {
                double mean = sum(v) / v.length;
                Arrays.setAll(slope, i -> 2 * (v[i] - mean) / divisor(spec, v));
            }
            case STD -> {
                double mean = sum(v) / v.length;
                double deviation = Math.sqrt(variance(spec, v));
                Arrays.setAll(slope, i -> deviation == 0 ? 0 : (v[i] - mean) / (divisor(spec, v) * deviation));
            }
            case NORM2 -> {
                double norm = norm(v);
                Arrays.setAll(slope, i -> norm == 0 ? 0 : v[i] / norm);
            }
            case LOGSUMEXP -> {
                double log = logSumExp(v);
                Arrays.setAll(slope, i -> Math.exp(v[i] - log));
            }
            case ARGMAX, ARGMIN -> throw new SextantException("%s: positions have no derivative", spec.opName());
        }
        return slope;
    }

    /// Position of the first maximum (or minimum); the first NaN wins over everything.
    static int winner(Kind kind, double[] v) {
        boolean largest = kind == Kind.MAX || kind == Kind.AMAX || kind == Kind.ARGMAX;
        int at = 0;
        for (int i = 0; i < v.length; i++) {
            if (Double.isNaN(v[i])) {
                return i;
            }
            if (largest ? v[i] > v[at] : v[i] < v[at]) {
                at = i;
            }
        }
        return at;
    }

    /// `log Σ e^v`, with the maximum taken out so that nothing overflows.
    static double logSumExp(double[] v) {
        double max = v.length == 0 ? Double.NEGATIVE_INFINITY : v[winner(Kind.MAX, v)];
        if (Double.isInfinite(max)) {
            return max;
        }
        double sum = 0;
        for (double e : v) {
            sum += Math.exp(e - max);
        }
        return max + Math.log(sum);
    }

    private static double sum(double[] v) {
        double sum = 0;
        for (double e : v) {
            sum += e;
        }
        return sum;
    }

    private static double norm(double[] v) {
        double sum = 0;
        for (double e : v) {
            sum += e * e;
        }
        return Math.sqrt(sum);
    }

    private static double variance(ReduceSpec spec, double[] v) {
        double mean = sum(v) / v.length;
        double sum = 0;
        for (double e : v) {
            sum += (e - mean) * (e - mean);
        }
        return sum / divisor(spec, v);
    }

    private static int divisor(ReduceSpec spec, double[] v) {
        return spec.unbiased() ? v.length - 1 : v.length;
    }
}
