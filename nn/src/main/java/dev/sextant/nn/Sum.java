package dev.sextant.nn;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// `body(x) + shortcut(x)`: the residual connection (He et al., 2015, eq. 1–2). The two must agree in shape.
///
/// Children: `body`, `shortcut`.
public final class Sum extends Layer {
    private final Layer body;
    private final Layer shortcut;

    /// `body(x) + x`.
    public Sum(Layer body) {
        this(body, new Identity());
    }

    public Sum(Layer body, Layer shortcut) {
        this.body = child("body", body);
        this.shortcut = child("shortcut", shortcut);
    }

    @Override
    public Var forward(Var x) {
        return Arithmetic.add(body.apply(x), shortcut.apply(x));
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape main = body.walk(in, walk);
        Shape side = shortcut.walk(in, walk);
        if (!main.equals(side)) {
            throw new ShapeException("sum: body gives %s, but the shortcut gives %s; where the shape changes, the "
                    + "shortcut needs a 1×1 convolution with the same filters and stride", main, side);
        }
        return main;
    }
}
