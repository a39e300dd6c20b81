package dev.sextant.nn;

import dev.sextant.autograd.Pooling;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;

/// Max or average pooling over windows: `[N, C, H, W]` → `[N, C, P, Q]`, see [Pool2dSpec].
public final class Pool2d extends Layer {
    private final Pool2dSpec spec;

    public Pool2d(Pool2dSpec spec) {
        this.spec = spec;
    }

    /// Max pooling with stride = kernel.
    public static Pool2d max(int kernel) {
        return max(kernel, kernel, 0);
    }

    /// Max pooling.
    public static Pool2d max(int kernel, int stride, int pad) {
        return new Pool2d(Pool2dSpec.max(kernel, stride, pad));
    }

    /// Average pooling with stride = kernel.
    public static Pool2d avg(int kernel) {
        return new Pool2d(Pool2dSpec.avg(kernel, kernel, 0));
    }

    /// Average pooling; zeros in the padding count.
    public static Pool2d avg(int kernel, int stride, int pad) {
        return new Pool2d(Pool2dSpec.avg(kernel, stride, pad));
    }

    /// Rounds the output extent up instead of down.
    public Pool2d ceil() {
        return new Pool2d(new Pool2dSpec(spec.kind(), spec.kernel(), spec.stride(), spec.pad(), spec.dilation(), true,
                spec.countIncludePad()));
    }

    public Pool2dSpec spec() {
        return spec;
    }

    /// Kernel size, for readers of the structure.
    public Pair kernel() {
        return spec.kernel();
    }

    @Override
    public String typeName() {
        return spec.kind() == PoolKind.MAX ? "MaxPool2d" : "AvgPool2d";
    }

    @Override
    public Var forward(Var x) {
        return Pooling.pool2d(spec, x);
    }

    @Override
    protected ReceptiveField receptiveField(ReceptiveField in, Shape input) {
        return in.through(spec.kernel(), spec.stride(), spec.dilation());
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return spec.outputShape(in);
    }
}
