package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;

/// Element-wise functions of one array: `y = f(x)`, `dx = f′·dy`. Formulas and conventions: [UnarySpec.Kind].
public final class Pointwise {
    private static final double SOFTPLUS_THRESHOLD = 20;

    private Pointwise() {
    }

    /// Any of the functions.
    public static Var unary(UnarySpec spec, Var x) {
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, x.shape(), x.value());
        kernels.unary(spec, x.value(), y);
        if (!Var.wantsGrad(x)) {
            return Var.of(y);
        }
        boolean usesOutput = spec.kind().usesOutput();
        return Var.result(spec, y, new Grad(spec, Saved.of(usesOutput ? y : x.value())), x);
    }

    /// @param given the input or the output, whichever the derivative is computed from
    record Grad(UnarySpec spec, Saved given) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            boolean usesOutput = spec.kind().usesOutput();
            NDArray kept = given.get(spec.opName());
            dy.device().kernels().unaryBackward(spec, usesOutput ? null : kept, usesOutput ? kept : null, dy,
                    sink.target(0));
        }
    }

    /// Inverted dropout, as in training: elements are zero with probability `p`, the others divided by `1 − p`. The
    /// same seed and stream give the same mask on every device.
    public static Var dropout(DropoutSpec spec, Var x) {
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, x.shape(), x.value());
        kernels.dropout(spec, x.value(), y);
        return Var.result(spec, y, new DropoutGrad(spec), x);
    }

    /// The mask is not kept but drawn again.
    record DropoutGrad(DropoutSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().dropoutBackward(spec, dy, sink.target(0));
        }
    }

    private static Var unary(Kind kind, Var x) {
        return unary(UnarySpec.of(kind), x);
    }

    /// `max(x, 0)`.
    public static Var relu(Var x) {
        return unary(UnarySpec.RELU, x);
    }

    /// `min(max(x, 0), 6)`.
    public static Var relu6(Var x) {
        return unary(UnarySpec.RELU6, x);
    }

    /// `x` for `x > 0`, else `slope·x`.
    public static Var leakyRelu(Var x, double slope) {
        return unary(new UnarySpec(Kind.LEAKY_RELU, slope, 0), x);
    }

    /// `x` for `x > 0`, else `alpha·(e^x − 1)`.
    public static Var elu(Var x, double alpha) {
        return unary(new UnarySpec(Kind.ELU, alpha, 0), x);
    }

    /// `1/(1 + e^−x)`.
    public static Var sigmoid(Var x) {
        return unary(UnarySpec.SIGMOID, x);
    }

    /// Hyperbolic tangent.
    public static Var tanh(Var x) {
        return unary(UnarySpec.TANH, x);
    }

    /// `min(max(x, low), high)` with gradient 0 on the bounds.
    public static Var hardtanh(Var x, double low, double high) {
        return unary(new UnarySpec(Kind.HARDTANH, low, high), x);
    }

    /// `x·Φ(x)`, exact.
    public static Var gelu(Var x) {
        return unary(Kind.GELU, x);
    }

    /// The tanh approximation of GELU.
    public static Var geluTanh(Var x) {
        return unary(Kind.GELU_TANH, x);
    }

    /// `x·sigmoid(x)`.
    public static Var silu(Var x) {
        return unary(Kind.SILU, x);
    }

    /// `log(1 + e^x)`.
    public static Var softplus(Var x) {
        return unary(new UnarySpec(Kind.SOFTPLUS, 1, SOFTPLUS_THRESHOLD), x);
    }

    /// `x/(1 + |x|)`.
    public static Var softsign(Var x) {
        return unary(Kind.SOFTSIGN, x);
    }

    /// `x·relu6(x + 3)/6`.
    public static Var hardswish(Var x) {
        return unary(Kind.HARDSWISH, x);
    }

    /// `x·tanh(softplus(x))`.
    public static Var mish(Var x) {
        return unary(Kind.MISH, x);
    }

    /// `min(max(x, low), high)` with gradient 1 on the bounds; infinite bounds are none.
    public static Var clip(Var x, double low, double high) {
        return unary(new UnarySpec(Kind.CLIP, low, high), x);
    }

    /// `e^x`.
    public static Var exp(Var x) {
        return unary(Kind.EXP, x);
    }

    /// `e^x − 1`.
    public static Var expm1(Var x) {
        return unary(Kind.EXPM1, x);
    }

    /// Natural logarithm.
    public static Var log(Var x) {
        return unary(Kind.LOG, x);
    }

    /// `log(1 + x)`.
    public static Var log1p(Var x) {
        return unary(Kind.LOG1P, x);
    }

    /// `√x`.
    public static Var sqrt(Var x) {
        return unary(Kind.SQRT, x);
    }

    /// `1/√x`.
    public static Var rsqrt(Var x) {
        return unary(Kind.RSQRT, x);
    }

    /// `|x|`; the gradient at 0 is 0.
    public static Var abs(Var x) {
        return unary(Kind.ABS, x);
    }

    /// `−x`.
    public static Var neg(Var x) {
        return unary(Kind.NEG, x);
    }

    /// `x²`.
    public static Var square(Var x) {
        return unary(Kind.SQUARE, x);
    }

    /// `1/x`.
    public static Var reciprocal(Var x) {
        return unary(Kind.RECIPROCAL, x);
    }

    /// Sine.
    public static Var sin(Var x) {
        return unary(Kind.SIN, x);
    }

    /// Cosine.
    public static Var cos(Var x) {
        return unary(Kind.COS, x);
    }

    /// The error function.
    public static Var erf(Var x) {
        return unary(Kind.ERF, x);
    }

    /// −1, 0 or 1; no gradient.
    public static Var sign(Var x) {
        return unary(Kind.SIGN, x);
    }

    /// Rounded down; no gradient.
    public static Var floor(Var x) {
        return unary(Kind.FLOOR, x);
    }

    /// Rounded up; no gradient.
    public static Var ceil(Var x) {
        return unary(Kind.CEIL, x);
    }

    /// Rounded to the nearest, halves to even; no gradient.
    public static Var round(Var x) {
        return unary(Kind.ROUND, x);
    }

    /// `x^exponent`.
    public static Var pow(Var x, double exponent) {
        return unary(new UnarySpec(Kind.POW, exponent, 0), x);
    }

    /// `scale·x + shift`.
    public static Var affine(Var x, double scale, double shift) {
        return unary(new UnarySpec(Kind.AFFINE, scale, shift), x);
    }
}
