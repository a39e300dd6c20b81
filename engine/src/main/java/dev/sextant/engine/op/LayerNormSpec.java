package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Normalisation over the last `axes` axes (Ba et al., 2016).
public record LayerNormSpec(int axes, double eps) implements OpSpec {
    public LayerNormSpec {
        Checks.atLeast("layer_norm", "axes", axes, 1);
    }

    /// The normalised extents: the last `axes` of `x`.
    public Shape normalizedShape(Shape x) {
        if (x.rank() < axes) {
            throw new ShapeException("layer_norm: x %s has %d axes, but %d are to be normalised", x, x.rank(), axes);
        }
        return Shape.of(java.util.Arrays.copyOfRange(x.dims(), x.rank() - axes, x.rank()));
    }

    @Override
    public String opName() {
        return "layer_norm";
    }
}
