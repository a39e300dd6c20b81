package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.trace.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// Layers one after the other. Neighbours that an operation can compute in one pass (a convolution, linear layer or
/// batch norm and the activation behind it) are joined, unless fusing is off or a hook watches one of them.
public final class Sequential extends Layer implements Iterable<Layer> {
    private final List<Layer> layers = new ArrayList<>();
    private String type = "Sequential";

    /// Children are named `0`, `1`, …, as in PyTorch.
    public Sequential(Layer... layers) {
        for (Layer layer : layers) {
            add(layer);
        }
    }

    /// Calls this kind of block by a name of its own in summaries, for example `Transition`.
    public Sequential as(String typeName) {
        type = typeName;
        return this;
    }

    @Override
    public String typeName() {
        return type;
    }

    /// Appends a layer.
    public Sequential add(Layer layer) {
        return add(Integer.toString(layers.size()), layer);
    }

    /// Appends a layer under a name.
    public Sequential add(String name, Layer layer) {
        layers.add(child(name, layer));
        return this;
    }

    /// The layer at a position; negative positions count from the end.
    public Layer get(int index) {
        int i = index < 0 ? index + layers.size() : index;
        if (i < 0 || i >= layers.size()) {
            throw new SextantException("Sequential: there is no layer %d; it has %d, numbered 0..%d", index,
                    layers.size(), layers.size() - 1);
        }
        return layers.get(i);
    }

    /// The layer of that name.
    public Layer get(String name) {
        Layer layer = children().get(name);
        if (layer == null) {
            throw new SextantException("Sequential: there is no layer '%s'; it has %s", name, children().keySet());
        }
        return layer;
    }

    /// Number of layers.
    public int size() {
        return layers.size();
    }

    @Override
    public Iterator<Layer> iterator() {
        return List.copyOf(layers).iterator();
    }

    @Override
    public Var forward(Var x) {
        return chain(x, null, layers);
    }

    @Override
    protected Var forward(Var x, NDArray place) {
        return chain(x, place, layers);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return chain(in, walk, layers);
    }

    /// Runs layers one after the other, joined where possible: for layers with paths of their own, such as the body of
    /// a residual block.
    public static Var chain(Var x, Layer... layers) {
        return chain(x, null, Arrays.asList(layers));
    }

    /// The same, with the last layer's output in `place` if it can put it there.
    ///
    /// @param place from [dev.sextant.autograd.Room#next], or null
    public static Var chain(Var x, NDArray place, Layer... layers) {
        return chain(x, place, Arrays.asList(layers));
    }

    /// Walks shapes through layers, one after the other.
    public static Shape chain(Shape in, Walk walk, Layer... layers) {
        return chain(in, walk, Arrays.asList(layers));
    }

    /// A residual block: `relu(body(x) + shortcut(x))`.
    ///
    /// @param shortcut null for the identity
    /// @param relu     what comes after the sum; any layer
    /// @param body     one after the other, the last a batch norm
    public static Var residual(Var x, Layer shortcut, Layer relu, Layer... body) {
        var layers = Arrays.asList(body);
        int last = body.length - 1;
        var norm = (BatchNorm) body[last];
        if (last > 0 && body[last - 1] instanceof Conv2d conv && conv.canFold(norm) && relu instanceof Activation act
                && norm.canFuse(act.spec()) && act.mayFuse()) {
            Var y = chain(x, null, layers.subList(0, last - 1));
            Var side = shortcut == null ? x : shortcut.apply(x);
            return Place.in(conv.placeName(), () -> conv.forward(y, norm, side, act.spec(), null));
        }
        Var y = chain(x, null, layers.subList(0, last));
        return norm.addAndApply(y, shortcut == null ? x : shortcut.apply(x), relu);
    }

    private static Var chain(Var x, NDArray place, List<Layer> layers) {
        for (int i = 0; i < layers.size();) {
            Layer layer = layers.get(i);
            Var in = x;
            if (layer instanceof Conv2d conv && layerAt(layers, i + 1) instanceof BatchNorm norm
                    && conv.canFold(norm)) {
                boolean joins = layerAt(layers, i + 2) instanceof Activation act && norm.canFuse(act.spec())
                        && act.mayFuse();
                UnarySpec activation = joins ? ((Activation) layers.get(i + 2)).spec() : UnarySpec.IDENTITY;
                i += joins ? 3 : 2;
                NDArray there = i == layers.size() ? place : null;
                x = Place.in(layer.placeName(), () -> conv.forward(in, norm, null, activation, there));
            } else if (layer instanceof Fusable head && layerAt(layers, i + 1) instanceof Activation act
                    && head.canFuse(act.spec()) && layer.mayFuse() && act.mayFuse()) {
                i += 2;
                NDArray there = i == layers.size() ? place : null;
                x = Place.in(layer.placeName(), () -> head.forward(in, act.spec(), there));
            } else {
                i++;
                x = layer.apply(x, i == layers.size() ? place : null);
            }
        }
        return x;
    }

    private static Layer layerAt(List<Layer> layers, int i) {
        return i < layers.size() ? layers.get(i) : null;
    }

    private static Shape chain(Shape in, Walk walk, List<Layer> layers) {
        for (Layer layer : layers) {
            in = layer.walk(in, walk);
        }
        return in;
    }
}
