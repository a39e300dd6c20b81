package dev.sextant.zoo;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.Conv2d;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Layers;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;

/// The book's residual block (He et al., 2015, eq. 1–2): `relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))`, two 3×3
/// convolutions, and on the shortcut nothing or a 1×1 convolution without batch norm.
public final class Residual extends Layer {
    private final Conv2d conv1;
    private final Conv2d conv2;
    private final Conv2d conv3;
    private final BatchNorm bn1;
    private final BatchNorm bn2;
    /// A function rather than a child, as in the book's code.
    private final Layer relu = Layers.relu();

    /// @param channels output channels
    /// @param use1x1   whether the shortcut has a 1×1 convolution; needed when the shape changes
    /// @param stride   of the first convolution and of the shortcut's
    public Residual(int channels, boolean use1x1, int stride) {
        conv1 = child("conv1", new Conv2d(channels, 3).pad(1).stride(stride));
        conv2 = child("conv2", new Conv2d(channels, 3).pad(1));
        conv3 = use1x1 ? child("conv3", new Conv2d(channels, 1).stride(stride)) : null;
        bn1 = child("bn1", new BatchNorm());
        bn2 = child("bn2", new BatchNorm());
    }

    @Override
    public Var forward(Var x) {
        return Sequential.residual(x, conv3, relu, conv1, bn1, relu, conv2, bn2);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape y = conv2.walk(bn1.walk(conv1.walk(in, walk), walk), walk);
        y = bn2.walk(y, walk);
        Shape shortcut = conv3 == null ? in : conv3.walk(in, walk);
        if (!y.equals(shortcut)) {
            throw new ShapeException(
                    "residual: the body gives %s but the shortcut %s, and they are added; a block that "
                            + "changes channels or stride needs use1x1 = true",
                    y, shortcut);
        }
        return y;
    }
}
