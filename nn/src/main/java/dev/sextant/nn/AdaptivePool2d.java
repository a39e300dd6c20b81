package dev.sextant.nn;

import dev.sextant.autograd.Pooling;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.PoolKind;

/// Pooling to a fixed output size: `[N, C, H, W]` → `[N, C, P, Q]`.
public final class AdaptivePool2d extends Layer {
    private final AdaptivePool2dSpec spec;

    public AdaptivePool2d(AdaptivePool2dSpec spec) {
        this.spec = spec;
    }

    /// The mean of every channel: `[N, C, 1, 1]`.
    public static AdaptivePool2d globalAvg() {
        return avg(1);
    }

    /// Averages to `size`×`size`.
    public static AdaptivePool2d avg(int size) {
        return new AdaptivePool2d(new AdaptivePool2dSpec(PoolKind.AVG, Pair.of(size)));
    }

    /// The maximum of every channel: `[N, C, 1, 1]`.
    public static AdaptivePool2d globalMax() {
        return new AdaptivePool2d(new AdaptivePool2dSpec(PoolKind.MAX, Pair.ONE));
    }

    /// Maxima, `size`×`size` of them.
    public static AdaptivePool2d max(int size) {
        return new AdaptivePool2d(new AdaptivePool2dSpec(PoolKind.MAX, Pair.of(size)));
    }

    @Override
    public String typeName() {
        return spec.kind() == PoolKind.MAX ? "AdaptiveMaxPool2d" : "AdaptiveAvgPool2d";
    }

    @Override
    public Var forward(Var x) {
        return Pooling.adaptivePool2d(spec, x);
    }

    /// A window where the output divides the input, otherwise counted as everything.
    @Override
    protected ReceptiveField receptiveField(ReceptiveField in, Shape input) {
        Shape out = spec.outputShape(input);
        if (out.dim(2) == 1 || input.dim(2) % out.dim(2) != 0 || input.dim(3) % out.dim(3) != 0) {
            return ReceptiveField.WHOLE;
        }
        Pair window = Pair.of(input.dim(2) / out.dim(2), input.dim(3) / out.dim(3));
        return in.through(window, window, Pair.ONE);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return spec.outputShape(in);
    }
}
