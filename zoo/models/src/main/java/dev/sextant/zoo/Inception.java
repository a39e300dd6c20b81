package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.maxPool;

import dev.sextant.autograd.Room;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.nn.Conv2d;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Walk;

/// GoogLeNet's block: four branches over the same input, joined along the channels.
///
/// | branch | layers                          | channels |
/// |--------|---------------------------------|----------|
/// | 1      | conv 1×1                        | `c1`     |
/// | 2      | conv 1×1, conv 3×3 pad 1        | `c2`     |
/// | 3      | conv 1×1, conv 5×5 pad 2        | `c3`     |
/// | 4      | max pool 3×3/1 pad 1, conv 1×1  | `c4`     |
///
/// A relu follows every convolution.
public final class Inception extends Layer {
    private final Layer p11;
    private final Layer p21;
    private final Layer p22;
    private final Layer p31;
    private final Layer p32;
    private final Layer p41;
    private final Layer p42;
    private final int c1;
    private final int c2;
    private final int c3;
    private final int c4;

    /// @param c2in channels between the convolutions of branch 2
    /// @param c3in channels between the convolutions of branch 3
    public Inception(int c1, int c2in, int c2, int c3in, int c3, int c4) {
        this.c1 = c1;
        this.c2 = c2;
        this.c3 = c3;
        this.c4 = c4;
        p11 = child("p1_1", relu(conv(c1, 1)));
        p21 = child("p2_1", relu(conv(c2in, 1)));
        p22 = child("p2_2", relu(conv(c2, 3).pad(1)));
        p31 = child("p3_1", relu(conv(c3in, 1)));
        p32 = child("p3_2", relu(conv(c3, 5).pad(2)));
        p41 = child("p4_1", maxPool(3, 1, 1));
        p42 = child("p4_2", relu(conv(c4, 1)));
    }

    private static Conv2d relu(Conv2d conv) {
        return conv.activation(UnarySpec.RELU);
    }

    @Override
    public Var forward(Var x) {
        Room room = Room.over(x, c1 + c2 + c3 + c4);
        return room.join(
                p11.apply(x, room.next(c1)),
                p22.apply(p21.apply(x), room.next(c2)),
                p32.apply(p31.apply(x), room.next(c3)),
                p42.apply(p41.apply(x), room.next(c4)));
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape b1 = p11.walk(in, walk);
        Shape b2 = p22.walk(p21.walk(in, walk), walk);
        Shape b3 = p32.walk(p31.walk(in, walk), walk);
        Shape b4 = p42.walk(p41.walk(in, walk), walk);
        return in.with(1, b1.dim(1) + b2.dim(1) + b3.dim(1) + b4.dim(1));
    }
}
