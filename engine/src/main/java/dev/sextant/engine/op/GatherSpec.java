package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Elements chosen by index along one axis (not negative): the result has the shape of the index.
public record GatherSpec(int axis) implements OpSpec {
    /// The shape of `index`.
    public Shape outputShape(Shape x, Shape index) {
        Checks.rank("gather", "index", index, x.rank(), "as many axes as x " + x);
        for (int i = 0; i < x.rank(); i++) {
            if (i != axis && index.dim(i) > x.dim(i)) {
                throw new ShapeException("gather: index %s is longer than x %s on axis %d", index, x, i);
            }
        }
        return index;
    }

    @Override
    public String opName() {
        return "gather";
    }
}
