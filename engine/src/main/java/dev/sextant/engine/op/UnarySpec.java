package dev.sextant.engine.op;

import java.util.Locale;

/// An element-wise function of one array, activations included.
///
/// @param kind which function
/// @param a    its first parameter, where it has one (see [Kind])
/// @param b    its second parameter, where it has one
public record UnarySpec(Kind kind, double a, double b) implements OpSpec {

    /// The functions. Gradient conventions are PyTorch's: 0 at 0 for relu and abs, 1 on the bounds of clip, 0 for
    /// steps (sign, floor, ceil, round; round takes halves to even).
    public enum Kind {
        /// `x`.
        IDENTITY(true),
        /// `max(x, 0)`.
        RELU(true),
        /// `1/(1 + e^−x)`.
        SIGMOID(true),
        /// Hyperbolic tangent.
        TANH(true),
        /// `a·tanh(b·x)`, as in LeNet-5 (a = 1.7159, b = 2/3).
        SCALED_TANH(true),
        /// `min(max(x, a), b)`: hardtanh, relu6 and clip; the gradient is 1 strictly between the bounds.
        HARDTANH(true),
        /// `x` for `x > 0`, else `a·x`.
        LEAKY_RELU(false),
        /// `x` for `x > 0`, else `a·(e^x − 1)`.
        ELU(false),
        /// `x·Φ(x)`, exact.
        GELU(false),
        /// The tanh approximation of GELU.
        GELU_TANH(false),
        /// `x·sigmoid(x)`.
        SILU(false),
        /// `log(1 + e^{a·x})/a`, linear where `a·x > b`.
        SOFTPLUS(false),
        /// `x/(1 + |x|)`.
        SOFTSIGN(false),
        /// `x·relu6(x + 3)/6`; at the kinks the gradient is that of the right-hand piece: −1/2 at −3, 1 at 3.
        HARDSWISH(false),
        /// `x·tanh(softplus(x))`.
        MISH(false),
        /// `min(max(x, a), b)`; the gradient is 1 on the bounds too.
        CLIP(false),
        /// `e^x`.
        EXP(true),
        /// Natural logarithm.
        LOG(false),
        /// `log(1 + x)`.
        LOG1P(false),
        /// `e^x − 1`.
        EXPM1(true),
        /// `√x`.
        SQRT(true),
        /// `1/√x`.
        RSQRT(true),
        /// `|x|`.
        ABS(false),
        /// `−x`.
        NEG(true),
        /// `x²`.
        SQUARE(false),
        /// `1/x`.
        RECIPROCAL(true),
        /// Sine.
        SIN(false),
        /// Cosine.
        COS(false),
        /// −1, 0 or 1.
        SIGN(true),
        /// Rounded down.
        FLOOR(true),
        /// Rounded up.
        CEIL(true),
        /// Rounded to the nearest, halves to even.
        ROUND(true),
        /// Error function.
        ERF(false),
        /// `x^a`.
        POW(false),
        /// `a·x + b`.
        AFFINE(true);

        private final boolean usesOutput;

        Kind(boolean usesOutput) {
            this.usesOutput = usesOutput;
        }

        /// Whether the derivative is computed from the output (or from nothing), so that the input need not be kept.
        public boolean usesOutput() {
            return usesOutput;
        }
    }

    /// No change: stands for "no activation" where one can be fused.
    public static final UnarySpec IDENTITY = of(Kind.IDENTITY);
    /// `max(x, 0)`.
    public static final UnarySpec RELU = of(Kind.RELU);
    /// The logistic function.
    public static final UnarySpec SIGMOID = of(Kind.SIGMOID);
    /// Hyperbolic tangent.
    public static final UnarySpec TANH = of(Kind.TANH);
    /// `min(max(x, 0), 6)`.
    public static final UnarySpec RELU6 = new UnarySpec(Kind.HARDTANH, 0, 6);

    /// A function without parameters.
    public static UnarySpec of(Kind kind) {
        return new UnarySpec(kind, 0, 0);
    }

    /// Whether this is [#IDENTITY].
    public boolean isIdentity() {
        return kind == Kind.IDENTITY;
    }

    @Override
    public String opName() {
        return equals(RELU6) ? "relu6" : kind.name().toLowerCase(Locale.ROOT);
    }
}
