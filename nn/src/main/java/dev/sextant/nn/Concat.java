package dev.sextant.nn;

import dev.sextant.autograd.Room;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Branches over the same input, joined along the channels: `[N, C₁ + C₂ + …, H, W]`.
public final class Concat extends Layer {
    private static final int CHANNELS = 1;
    private final List<Layer> branches = new ArrayList<>();
    private String type = "Concat";

    /// Children are named `0`, `1`, ….
    public Concat(Layer... branches) {
        for (Layer branch : branches) {
            add(Integer.toString(this.branches.size()), branch);
        }
    }

    /// Calls this kind of block by a name of its own in summaries, for example `Inception`.
    public Concat as(String typeName) {
        type = typeName;
        return this;
    }

    @Override
    public String typeName() {
        return type;
    }

    /// Appends a branch under a name.
    public Concat add(String name, Layer branch) {
        branches.add(child(name, branch));
        return this;
    }

    @Override
    public Var forward(Var x) {
        int[] channels = branches.stream().mapToInt(b -> b.walk(x.shape(), Walk.NONE).dim(CHANNELS)).toArray();
        Room room = Room.over(x, Arrays.stream(channels).sum());
        Var[] parts = new Var[channels.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = branches.get(i).apply(x, room.next(channels[i]));
        }
        return room.join(parts);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape first = null;
        int channels = 0;
        for (Layer branch : branches) {
            Shape out = branch.walk(in, walk);
            first = first == null ? out : first;
            if (!out.with(CHANNELS, 1).equals(first.with(CHANNELS, 1))) {
                throw new ShapeException("concat: the branches give %s and %s, which may differ in the number of "
                        + "channels only; check their padding and strides", first, out);
            }
            channels += out.dim(CHANNELS);
        }
        return first == null ? in.with(CHANNELS, 0) : first.with(CHANNELS, channels);
    }
}
