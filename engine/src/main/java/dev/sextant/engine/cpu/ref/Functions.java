package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.DType;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.UnarySpec;

/// The element-wise functions and their derivatives, in double precision. Conventions: [UnarySpec.Kind].
final class Functions {
    private static final double SQRT_2 = Math.sqrt(2);
    private static final double SQRT_PI = Math.sqrt(Math.PI);
    private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBIC = 0.044715;

    private Functions() {
    }

    /// The spec with its bounds rounded to the array's type, so that an element can lie exactly on one.
    static UnarySpec in(DType dtype, UnarySpec f) {
        boolean bounded = f.kind() == UnarySpec.Kind.HARDTANH || f.kind() == UnarySpec.Kind.CLIP;
        return bounded && dtype == DType.FLOAT32 ? new UnarySpec(f.kind(), (float) f.a(), (float) f.b()) : f;
    }

    /// `f(x)`.
    static double value(UnarySpec f, double x) {
        return switch (f.kind()) {
            case IDENTITY -> x;
            case RELU -> Math.max(x, 0);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SCALED_TANH -> f.a() * Math.tanh(f.b() * x);
            case HARDTANH, CLIP -> Math.min(Math.max(x, f.a()), f.b());
            case LEAKY_RELU -> x > 0 ? x : f.a() * x;
            case ELU -> x > 0 ? x : f.a() * Math.expm1(x);
            case GELU -> x * normalCdf(x);
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(geluInner(x)));
            case SILU -> x * sigmoid(x);
            case SOFTPLUS -> f.a() * x > f.b() ? x : Math.log1p(Math.exp(f.a() * x)) / f.a();
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case HARDSWISH -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case MISH -> x * Math.tanh(softplus(x));
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case EXPM1 -> Math.expm1(x);
            case SQRT -> Math.sqrt(x);
            case RSQRT -> 1 / Math.sqrt(x);
            case ABS -> Math.abs(x);
            case NEG -> -x;
            case SQUARE -> x * x;
            case RECIPROCAL -> 1 / x;
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case SIGN -> Math.signum(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case ERF -> erf(x);
            case POW -> Math.pow(x, f.a());
            case AFFINE -> f.a() * x + f.b();
        };
    }

    /// `f′(x)` for the functions whose derivative is computed from the input.
    static double derivative(UnarySpec f, double x) {
        return switch (f.kind()) {
            case LEAKY_RELU -> x > 0 ? 1 : f.a();
            case ELU -> x > 0 ? 1 : f.a() * Math.exp(x);
            case GELU -> normalCdf(x) + x * Math.exp(-x * x / 2) / (SQRT_2 * SQRT_PI);
            case GELU_TANH -> {
                double t = Math.tanh(geluInner(x));
                yield 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
            }
            case SILU -> sigmoid(x) * (1 + x * sigmoid(-x));
            case SOFTPLUS -> f.a() * x > f.b() ? 1 : sigmoid(f.a() * x);
            case SOFTSIGN -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
            case HARDSWISH -> x < -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1;
            case MISH -> {
                double t = Math.tanh(softplus(x));
                yield t + x * (1 - t * t) * sigmoid(x);
            }
            case CLIP -> x < f.a() || x > f.b() ? 0 : 1;
            case LOG -> 1 / x;
            case LOG1P -> 1 / (1 + x);
            case ABS -> Math.signum(x);
            case SQUARE -> 2 * x;
            case SIN -> Math.cos(x);
            case COS -> -Math.sin(x);
            case ERF -> 2 / SQRT_PI * Math.exp(-x * x);
            case POW -> f.a() == 0 ? 0 : f.a() * Math.pow(x, f.a() - 1);
            default -> throw new SextantException("%s: its derivative comes from the output, not the input",
                    f.opName());
        };
    }

    /// `f′(x)` for the functions whose derivative is computed from the output `y = f(x)`, or from nothing.
    static double derivativeFromOutput(UnarySpec f, double y) {
        return switch (f.kind()) {
            case IDENTITY -> 1;
            case RELU -> y <= 0 ? 0 : 1;
            case SIGMOID -> y * (1 - y);
            case TANH -> 1 - y * y;
            case SCALED_TANH -> f.b() * (f.a() - y * y / f.a());
            case HARDTANH -> y <= f.a() || y >= f.b() ? 0 : 1;
            case EXP -> y;
            case EXPM1 -> y + 1;
            case SQRT -> 0.5 / y;
            case RSQRT -> -0.5 * y * y * y;
            case NEG -> -1;
            case RECIPROCAL -> -y * y;
            case SIGN, FLOOR, CEIL, ROUND -> 0;
            case AFFINE -> f.a();
            default -> throw new SextantException("%s: its derivative comes from the input, not the output",
                    f.opName());
        };
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// `log(1 + eˣ)` without overflow.
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static double geluInner(double x) {
        return GELU_SCALE * (x + GELU_CUBIC * x * x * x);
    }

    /// Φ(x), from the side that does not cancel.
    private static double normalCdf(double x) {
        return x < 0 ? 0.5 * erfc(-x / SQRT_2) : 1 - 0.5 * erfc(x / SQRT_2);
    }

    /// The error function.
    static double erf(double x) {
        double a = Math.abs(x);
        return Math.copySign(a < 3 ? erfSeries(a) : 1 - erfcFraction(a), x);
    }

    private static double erfc(double x) {
        return x < 3 ? 1 - erfSeries(x) : erfcFraction(x);
    }

    /// `2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1)/(2n+1)!!` (Abramowitz &amp; Stegun 7.1.6): all terms positive.
    private static double erfSeries(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / SQRT_PI * Math.exp(-x * x) * sum;
    }

    /// `e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))))` (Abramowitz &amp; Stegun 7.1.14).
    private static double erfcFraction(double x) {
        double fraction = x;
        for (int n = 60; n >= 1; n--) {
            fraction = x + n / 2.0 / fraction;
        }
        return Math.exp(-x * x) / (SQRT_PI * fraction);
    }
}
