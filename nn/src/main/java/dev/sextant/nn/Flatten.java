package dev.sextant.nn;

import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.Arrays;

/// `[N, C, H, W]` → `[N, C·H·W]`.
public final class Flatten extends Layer {
    @Override
    public Var forward(Var x) {
        return Shaping.flatten(x, 1, -1);
    }

    /// `[N, C, H, W]` as `[N, C·H·W]`, of an empty batch too.
    static Shape flat(Shape in) {
        if (in.rank() < 2) {
            throw new ShapeException("flatten: x must be [N, …] with at least two axes, but is %s", in);
        }
        long features = Shape.of(Arrays.copyOfRange(in.dims(), 1, in.rank())).size();
        if (features > Integer.MAX_VALUE) {
            throw new ShapeException("flatten: x %s has %d features per example, over 2^31-1; use smaller extents", in,
                    features);
        }
        return Shape.of(in.dim(0), (int) features);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return flat(in);
    }
}
