package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import java.util.Arrays;

/// Reductions of one short run, in double precision, and their derivatives.
final class Reductions {
    private Reductions() {
    }

    static double value(ReduceSpec spec, double[] v, int n) {
        return switch (spec.kind()) {
            case SUM -> sum(v, n);
            case MEAN -> sum(v, n) / n;
            case MAX, MIN, AMAX, AMIN -> v[winner(spec.kind(), v, n)];
            case ARGMAX, ARGMIN -> winner(spec.kind(), v, n);
            case PROD -> product(v, 0, n);
            case VAR -> variance(spec, v, n);
            case STD -> Math.sqrt(variance(spec, v, n));
            case NORM2 -> Math.sqrt(squares(v, n, 0));
            case LOGSUMEXP -> logSumExp(v, n);
        };
    }

    /// Replaces the elements by the derivatives of the reduction with respect to them.
    static void slopes(ReduceSpec spec, double[] v, int n) {
        switch (spec.kind()) {
            case SUM -> Arrays.fill(v, 0, n, 1);
            case MEAN -> Arrays.fill(v, 0, n, 1.0 / n);
            case MAX, MIN -> {
                int at = winner(spec.kind(), v, n);
                Arrays.fill(v, 0, n, 0);
                v[at] = 1;
            }
            case AMAX, AMIN -> shareAmongTies(v[winner(spec.kind(), v, n)], v, n);
            case PROD -> others(v, n);
            case VAR, STD -> deviations(spec, v, n);
            case NORM2 -> {
                double norm = Math.sqrt(squares(v, n, 0));
                for (int i = 0; i < n; i++) {
                    v[i] = norm == 0 ? 0 : v[i] / norm;
                }
            }
            case LOGSUMEXP -> {
                double log = logSumExp(v, n);
                for (int i = 0; i < n; i++) {
                    v[i] = Math.exp(v[i] - log);
                }
            }
            case ARGMAX, ARGMIN -> throw new IllegalStateException(spec.opName() + " has no gradient");
        }
    }

    private static void shareAmongTies(double best, double[] v, int n) {
        int ties = 0;
        for (int i = 0; i < n; i++) {
            ties += v[i] == best ? 1 : 0;
        }
        for (int i = 0; i < n; i++) {
            v[i] = v[i] == best ? 1.0 / ties : 0;
        }
    }

    /// Each element becomes the product of all others, without dividing by one that may be 0.
    private static void others(double[] v, int n) {
        double[] after = new double[n + 1];
        after[n] = 1;
        for (int i = n - 1; i >= 0; i--) {
            after[i] = after[i + 1] * v[i];
        }
        double before = 1;
        for (int i = 0; i < n; i++) {
            double own = v[i];
            v[i] = before * after[i + 1];
            before *= own;
        }
    }

    private static void deviations(ReduceSpec spec, double[] v, int n) {
        double mean = sum(v, n) / n;
        int divisor = spec.unbiased() ? n - 1 : n;
        double scale = 2.0 / divisor;
        if (spec.kind() == Kind.STD) {
            double deviation = Math.sqrt(squares(v, n, mean) / divisor);
            scale = deviation == 0 ? 0 : 1 / (divisor * deviation);
        }
        for (int i = 0; i < n; i++) {
            v[i] = (v[i] - mean) * scale;
        }
    }

    /// The first maximum (or minimum); the first NaN beats everything.
    static int winner(Kind kind, double[] v, int n) {
        boolean most = kind == Kind.MAX || kind == Kind.AMAX || kind == Kind.ARGMAX;
        int at = 0;
        for (int i = 0; i < n; i++) {
            if (v[i] != v[i]) {
                return i;
            }
            if (most ? v[i] > v[at] : v[i] < v[at]) {
                at = i;
            }
        }
        return at;
    }

    static double logSumExp(double[] v, int n) {
        double most = n == 0 ? Double.NEGATIVE_INFINITY : v[winner(Kind.MAX, v, n)];
        if (Double.isInfinite(most)) {
            return most;
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp(v[i] - most);
        }
        return most + Math.log(sum);
    }

    private static double sum(double[] v, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += v[i];
        }
        return sum;
    }

    private static double product(double[] v, int from, int n) {
        double product = 1;
        for (int i = from; i < n; i++) {
            product *= v[i];
        }
        return product;
    }

    private static double squares(double[] v, int n, double centre) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (v[i] - centre) * (v[i] - centre);
        }
        return sum;
    }

    private static double variance(ReduceSpec spec, double[] v, int n) {
        return squares(v, n, sum(v, n) / n) / (spec.unbiased() ? n - 1 : n);
    }
}
