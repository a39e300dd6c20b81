package dev.sextant.nn;

import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.nn.init.Init;

/// A fully connected layer: `[N, in]` → `[N, out]`, `y = x·wᵀ + bias`.
///
/// Parameters: `weight` `[out, in]`, `bias` `[out]`.
public final class Linear extends Layer implements Fusable {
    private final int out;
    private LinearSpec spec = LinearSpec.PLAIN;
    private UnarySpec after = UnarySpec.IDENTITY;
    private boolean bias = true;
    private boolean flattens;
    private Init weightInit;
    private Init biasInit;

    /// @param out number of output features
    public Linear(int out) {
        Checks.atLeast("linear", "out", out, 1);
        this.out = out;
    }

    /// Takes `[N, C, H, W]` as `[N, C·H·W]`.
    public Linear flatten() {
        flattens = true;
        return this;
    }

    /// Fills the parameters this way, whatever the policy says; null leaves one to the policy.
    public Linear init(Init weight, Init biasValues) {
        weightInit = weight;
        biasInit = biasValues;
        return this;
    }

    /// Leaves the bias out.
    public Linear noBias() {
        bias = false;
        return this;
    }

    /// Applies an activation: in the same pass where its derivative follows from its output, else right after it.
    public Linear activation(UnarySpec activation) {
        boolean fuses = activation.kind().usesOutput();
        after = fuses ? UnarySpec.IDENTITY : activation;
        spec = new LinearSpec(fuses ? activation : UnarySpec.IDENTITY);
        return this;
    }

    private Shape flat(Shape in) {
        return flattens && in.rank() > 2 ? Flatten.flat(in) : in;
    }

    @Override
    protected void build(Shape in) {
        parameter("weight", Shape.of(out, flat(in).dim(-1)), weightInit);
        if (bias) {
            parameter("bias", Shape.of(out), biasInit);
        }
    }

    @Override
    public Var forward(Var x) {
        Var y = run(x, spec);
        return after.isIdentity() ? y : Pointwise.unary(after, y);
    }

    @Override
    public Var forward(Var x, UnarySpec activation) {
        return run(x, new LinearSpec(activation));
    }

    private Var run(Var x, LinearSpec s) {
        Var in = flattens && x.shape().rank() > 2 ? Shaping.flatten(x, 1, -1) : x;
        return dev.sextant.autograd.Linear.linear(s, in, leaf("weight"),
                bias ? leaf("bias") : null);
    }

    @Override
    public boolean canFuse(UnarySpec activation) {
        return spec.activation().isIdentity() && after.isIdentity() && activation.kind().usesOutput();
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape x = flat(in);
        Parameter weight = parameter("weight");
        return spec.outputShape(x, weight != null ? weight.shape() : Shape.of(out, x.dim(-1)));
    }

    @Override
    protected ReceptiveField receptiveField(ReceptiveField in, Shape input) {
        return ReceptiveField.WHOLE;
    }

    @Override
    public long macs(Shape in) {
        return flat(in).size() * out;
    }
}
