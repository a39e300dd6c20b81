package dev.sextant.nn;

import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;

/// An element-wise activation.
public final class Activation extends Layer {
    private final UnarySpec spec;
    private final String type;

    /// Any element-wise function, under the name that summaries print.
    public Activation(UnarySpec spec, String type) {
        this.spec = spec;
        this.type = type;
    }

    /// `max(x, 0)`.
    public static Activation relu() {
        return new Activation(UnarySpec.RELU, "ReLU");
    }

    /// `min(max(x, 0), 6)`.
    public static Activation relu6() {
        return new Activation(UnarySpec.RELU6, "ReLU6");
    }

    /// `1/(1 + e^−x)`.
    public static Activation sigmoid() {
        return new Activation(UnarySpec.SIGMOID, "Sigmoid");
    }

    /// Hyperbolic tangent.
    public static Activation tanh() {
        return new Activation(UnarySpec.TANH, "Tanh");
    }

    /// `1.7159·tanh(2x/3)`, the activation of LeNet-5 (LeCun et al., 1998, appendix A).
    public static Activation scaledTanh() {
        return new Activation(new UnarySpec(Kind.SCALED_TANH, 1.7159, 2.0 / 3), "ScaledTanh");
    }

    /// `x·Φ(x)`.
    public static Activation gelu() {
        return new Activation(UnarySpec.of(Kind.GELU), "GELU");
    }

    /// `x·sigmoid(x)`.
    public static Activation silu() {
        return new Activation(UnarySpec.of(Kind.SILU), "SiLU");
    }

    /// `x` for positive `x`, else `slope·x`.
    public static Activation leakyRelu(double slope) {
        return new Activation(new UnarySpec(Kind.LEAKY_RELU, slope, 0), "LeakyReLU");
    }

    /// `x` for positive `x`, else `alpha·(e^x − 1)`.
    public static Activation elu(double alpha) {
        return new Activation(new UnarySpec(Kind.ELU, alpha, 0), "ELU");
    }

    /// `min(max(x, low), high)`.
    public static Activation hardtanh(double low, double high) {
        return new Activation(new UnarySpec(Kind.HARDTANH, low, high), "Hardtanh");
    }

    /// `x·relu6(x + 3)/6`.
    public static Activation hardswish() {
        return new Activation(UnarySpec.of(Kind.HARDSWISH), "Hardswish");
    }

    /// `log(1 + e^x)`.
    public static Activation softplus() {
        return new Activation(new UnarySpec(Kind.SOFTPLUS, 1, 20), "Softplus");
    }

    /// `x/(1 + |x|)`.
    public static Activation softsign() {
        return new Activation(UnarySpec.of(Kind.SOFTSIGN), "Softsign");
    }

    /// `x·tanh(softplus(x))`.
    public static Activation mish() {
        return new Activation(UnarySpec.of(Kind.MISH), "Mish");
    }

    /// The function.
    public UnarySpec spec() {
        return spec;
    }

    @Override
    public String typeName() {
        return type;
    }

    @Override
    public Var forward(Var x) {
        return Pointwise.unary(spec, x);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return in;
    }
}
