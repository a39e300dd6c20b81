package dev.sextant.nn;

import dev.sextant.autograd.Normalization;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.nn.init.Init;

/// Group normalisation (Wu &amp; He, 2018) of `[N, C, …]`: mean 0 and variance 1 over each example's groups of
/// channels, then one scale γ and one shift β per channel. Training and evaluation are the same.
///
/// Parameters: `weight` γ = 1 and `bias` β = 0, both `[C]`.
public final class GroupNorm extends Layer {
    private final int groups;
    private double eps = 1e-5;
    private boolean affine = true;

    /// @param groups number of groups; must divide C
    public GroupNorm(int groups) {
        this.groups = new GroupNormSpec(groups, eps).groups();
    }

    /// The number added to the variance; 1e-5 by default.
    public GroupNorm eps(double value) {
        eps = value;
        return this;
    }

    /// Leaves γ and β out.
    public GroupNorm noAffine() {
        affine = false;
        return this;
    }

    private GroupNormSpec spec() {
        return new GroupNormSpec(groups, eps);
    }

    @Override
    protected void build(Shape in) {
        if (affine) {
            Shape channels = Shape.of(spec().outputShape(in).dim(1));
            parameter("weight", channels, Init.constant(1));
            parameter("bias", channels, Init.constant(0));
        }
    }

    @Override
    public Var forward(Var x) {
        return Normalization.groupNorm(spec(), x, affine ? leaf("weight") : null,
                affine ? leaf("bias") : null);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape out = spec().outputShape(in);
        Parameter weight = parameter("weight");
        if (weight != null && weight.shape().dim(0) != in.dim(1)) {
            throw new ShapeException("group_norm: x %s has C=%d, but weight and bias %s are for C=%d", in, in.dim(1),
                    weight.shape(), weight.shape().dim(0));
        }
        return out;
    }
}
