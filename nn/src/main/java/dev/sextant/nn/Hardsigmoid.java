package dev.sextant.nn;

import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;

/// `relu6(x + 3)/6`: 0 below −3, 1 above 3, a straight line between.
public final class Hardsigmoid extends Layer {
    private static final double KINK = 3;

    @Override
    public Var forward(Var x) {
        return Pointwise.affine(Pointwise.hardtanh(x, -KINK, KINK), 1 / (2 * KINK), 0.5);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return in;
    }
}
