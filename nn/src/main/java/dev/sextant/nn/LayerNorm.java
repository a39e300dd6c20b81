package dev.sextant.nn;

import dev.sextant.autograd.Normalization;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.nn.init.Init;

/// Layer normalisation (Ba et al., 2016): every example is brought to mean 0 and variance 1 over its last axes, then
/// scaled by γ and shifted by β, one pair per position. Training and evaluation are the same.
///
/// Parameters: `weight` γ = 1 and `bias` β = 0, both with the extents of the normalised axes.
public final class LayerNorm extends Layer {
    private final int axes;
    private double eps = 1e-5;
    private boolean affine = true;

    /// @param axes how many of the last axes share one mean and variance
    public LayerNorm(int axes) {
        this.axes = new LayerNormSpec(axes, eps).axes();
    }

    /// The number added to the variance; 1e-5 by default.
    public LayerNorm eps(double value) {
        eps = value;
        return this;
    }

    /// Leaves γ and β out.
    public LayerNorm noAffine() {
        affine = false;
        return this;
    }

    private LayerNormSpec spec() {
        return new LayerNormSpec(axes, eps);
    }

    @Override
    protected void build(Shape in) {
        if (affine) {
            Shape last = spec().normalizedShape(in);
            parameter("weight", last, Init.constant(1));
            parameter("bias", last, Init.constant(0));
        }
    }

    @Override
    public Var forward(Var x) {
        return Normalization.layerNorm(spec(), x, affine ? leaf("weight") : null,
                affine ? leaf("bias") : null);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape last = spec().normalizedShape(in);
        Parameter weight = parameter("weight");
        if (weight != null && !weight.shape().equals(last)) {
            throw new ShapeException("layer_norm: the last %d axes of x %s are %s, but weight "
                    + "and bias have %s; give inputs like the one the layer was initialised for", axes, in, last,
                    weight.shape());
        }
        return in;
    }
}
