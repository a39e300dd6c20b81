package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import java.util.Arrays;

/// A new last axis of extent `classes` with a one at the label.
public record OneHotSpec(int classes) implements OpSpec {
    public OneHotSpec {
        Checks.atLeast("one_hot", "classes", classes, 1);
    }

    /// `[…, classes]`.
    public Shape outputShape(Shape labels) {
        int[] d = Arrays.copyOf(labels.dims(), labels.rank() + 1);
        d[labels.rank()] = classes;
        return Shape.of(d);
    }

    @Override
    public String opName() {
        return "one_hot";
    }
}
