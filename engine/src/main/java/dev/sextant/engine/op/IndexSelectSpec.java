package dev.sextant.engine.op;

import dev.sextant.engine.Shape;

/// Slices chosen by index along one axis (not negative).
public record IndexSelectSpec(int axis) implements OpSpec {
    /// `x` with the axis as long as the index.
    public Shape outputShape(Shape x, Shape index) {
        Checks.rank("index_select", "index", index, 1, "[n]");
        return x.with(axis, index.dim(0));
    }

    @Override
    public String opName() {
        return "index_select";
    }
}
