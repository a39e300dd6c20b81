package dev.sextant.nn;

import dev.sextant.autograd.Normalization;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.LocalResponseNormSpec;

/// Local response normalisation across the channels of `[N, C, H, W]` (Krizhevsky et al., 2012), see
/// [LocalResponseNormSpec]. No parameters.
public final class LocalResponseNorm extends Layer {
    private final LocalResponseNormSpec spec;

    /// PyTorch's defaults: α = 1e-4, β = 0.75, k = 1.
    ///
    /// @param size number of neighbouring channels in the sum
    public LocalResponseNorm(int size) {
        this(new LocalResponseNormSpec(size, 1e-4, 0.75, 1));
    }

    public LocalResponseNorm(LocalResponseNormSpec spec) {
        this.spec = spec;
    }

    @Override
    public Var forward(Var x) {
        return Normalization.localResponseNorm(spec, x);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Checks.rank(spec.opName(), "x", in, 4, "[N, C, H, W]");
        return in;
    }
}
