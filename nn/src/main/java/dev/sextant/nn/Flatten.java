package dev.sextant.nn;

import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;

/// `[N, C, H, W]` → `[N, C·H·W]`.
public final class Flatten extends Layer {
    @Override
    public Var forward(Var x) {
        return Shaping.flatten(x, 1, -1);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return Shape.of(in.dim(0), Math.toIntExact(in.size() / Math.max(1, in.dim(0))));
    }
}
