package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Normalisation over groups of channels of `[N, C, …]` (Wu &amp; He, 2018).
public record GroupNormSpec(int groups, double eps) implements OpSpec {
    public GroupNormSpec {
        Checks.atLeast("group_norm", "groups", groups, 1);
    }

    /// Checks that the groups divide the channels; the result has the shape of `x`.
    public Shape outputShape(Shape x) {
        if (x.rank() < 2 || x.dim(1) % groups != 0) {
            throw new ShapeException("group_norm: x %s must be [N, C, …] with C divisible by groups=%d", x, groups);
        }
        return x;
    }

    @Override
    public String opName() {
        return "group_norm";
    }
}
