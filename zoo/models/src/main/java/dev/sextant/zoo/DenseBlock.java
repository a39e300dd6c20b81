package dev.sextant.zoo;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Room;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import java.util.Collection;

/// The book's dense block (Huang et al., 2016): every layer (batch norm, relu, 3×3 convolution) adds `growth` channels
/// to what it reads.
public final class DenseBlock extends Layer {
    private final int growth;
    private final Sequential net = child("net", sequence());

    public DenseBlock(int layers, int growth) {
        this.growth = growth;
        for (int i = 0; i < layers; i++) {
            net.add(sequence(batchNorm(), relu(), conv(growth, 3).pad(1)));
        }
    }

    @Override
    public Var forward(Var x) {
        return grow(x, growth, net.children().values());
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return grow(in, walk, net.children().values());
    }

    /// `x ← [x, layer(x)]`, layer after layer, in one array.
    ///
    /// @param growth channels of every layer's output
    public static Var grow(Var x, int growth, Collection<Layer> layers) {
        Room room = Room.behind(x, growth * layers.size());
        for (Layer layer : layers) {
            x = room.join(x, layer.apply(x, room.next(growth)));
        }
        return x;
    }

    /// The same for shapes.
    public static Shape grow(Shape in, Walk walk, Collection<Layer> layers) {
        for (Layer layer : layers) {
            in = in.with(1, in.dim(1) + layer.walk(in, walk).dim(1));
        }
        return in;
    }
}
