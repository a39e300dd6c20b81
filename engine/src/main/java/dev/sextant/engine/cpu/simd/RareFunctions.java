package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.UnarySpec;

/// The functions that networks use rarely, one element at a time in double precision.
final class RareFunctions {
    private static final double ROOT_HALF = Math.sqrt(0.5);
    private static final double ROOT_PI = Math.sqrt(Math.PI);
    private static final double ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBE = 0.044715;

    private RareFunctions() {
    }

    /// `f(x)`.
    static double value(UnarySpec f, float x) {
        double a = f.a();
        return switch (f.kind()) {
            case IDENTITY -> x;
            case RELU -> x <= 0 ? 0 : x;
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SCALED_TANH -> a * Math.tanh(f.b() * x);
            case HARDTANH, CLIP -> x < (float) a ? (float) a : x > (float) f.b() ? (float) f.b() : x;
            case LEAKY_RELU -> x > 0 ? x : a * x;
            case ELU -> x > 0 ? x : a * Math.expm1(x);
            case GELU -> x * normal(x);
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(ROOT_2_OVER_PI * x * (1 + GELU_CUBE * x * (double) x)));
            case SILU -> x * sigmoid(x);
            case SOFTPLUS -> a * x > f.b() ? x : softplus(a * x) / a;
            case SOFTSIGN -> x / (1 + Math.abs((double) x));
            case HARDSWISH -> x <= -3 ? 0 : x >= 3 ? x : x * ((double) x + 3) / 6;
            case MISH -> x * Math.tanh(softplus(x));
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case EXPM1 -> Math.expm1(x);
            case SQRT -> Math.sqrt(x);
            case RSQRT -> 1 / Math.sqrt(x);
            case ABS -> Math.abs(x);
            case NEG -> -x;
            case SQUARE -> (double) x * x;
            case RECIPROCAL -> 1.0 / x;
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case SIGN -> Math.signum(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case ERF -> 1 - complement(x);
            case POW -> Math.pow(x, a);
            case AFFINE -> a * x + f.b();
        };
    }

    /// `f′`, from the output `s` for functions that use it, else from the input `s`.
    static double slope(UnarySpec f, float s) {
        double a = f.a();
        return switch (f.kind()) {
            case IDENTITY -> 1;
            case RELU -> s <= 0 ? 0 : 1;
            case SIGMOID -> s * (1 - (double) s);
            case TANH -> 1 - (double) s * s;
            case SCALED_TANH -> f.b() * (a - (double) s * s / a);
            case HARDTANH -> s <= (float) a || s >= (float) f.b() ? 0 : 1;
            case CLIP -> s < (float) a || s > (float) f.b() ? 0 : 1;
            case LEAKY_RELU -> s > 0 ? 1 : a;
            case ELU -> s > 0 ? 1 : a * Math.exp(s);
            case GELU -> normal(s) + s * Math.exp(-0.5 * s * s) * ROOT_HALF / ROOT_PI;
            case GELU_TANH -> {
                double cube = GELU_CUBE * s * (double) s;
                double t = Math.tanh(ROOT_2_OVER_PI * s * (1 + cube));
                yield 0.5 * (1 + t) + 0.5 * s * (1 - t * t) * ROOT_2_OVER_PI * (1 + 3 * cube);
            }
            case SILU -> sigmoid(s) * (1 + s * sigmoid(-(double) s));
            case SOFTPLUS -> a * s > f.b() ? 1 : sigmoid(a * s);
            case SOFTSIGN -> 1 / ((1 + Math.abs((double) s)) * (1 + Math.abs((double) s)));
            case HARDSWISH -> s < -3 ? 0 : s < 3 ? s / 3.0 + 0.5 : 1;
            case MISH -> {
                double t = Math.tanh(softplus(s));
                yield t + s * (1 - t * t) * sigmoid(s);
            }
            case EXP -> s;
            case LOG -> 1.0 / s;
            case LOG1P -> 1 / (1 + (double) s);
            case EXPM1 -> s + 1.0;
            case SQRT -> 0.5 / s;
            case RSQRT -> -0.5 * s * s * s;
            case ABS -> Math.signum(s);
            case NEG -> -1;
            case SQUARE -> 2.0 * s;
            case RECIPROCAL -> -(double) s * s;
            case SIN -> Math.cos(s);
            case COS -> -Math.sin(s);
            case SIGN, FLOOR, CEIL, ROUND -> 0;
            case ERF -> 2 / ROOT_PI * Math.exp(-(double) s * s);
            case POW -> a == 0 ? 0 : a * Math.pow(s, a - 1);
            case AFFINE -> a;
        };
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// `log(1 + e^x)`.
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double normal(double x) {
        return 0.5 * complement(-x * ROOT_HALF);
    }

    /// `erfc(x)`: the Taylor series of erf near 0, the continued fraction of Laplace beyond.
    private static double complement(double x) {
        double size = Math.abs(x);
        if (size > 2.5) {
            double fraction = size;
            for (int n = 40; n > 0; n--) {
                fraction = size + 0.5 * n / fraction;
            }
            double tail = Math.exp(-size * size) / (ROOT_PI * fraction);
            return x > 0 ? tail : 2 - tail;
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 60 && Math.abs(term) > 1e-18; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 1 - 2 / ROOT_PI * sum;
    }
}
