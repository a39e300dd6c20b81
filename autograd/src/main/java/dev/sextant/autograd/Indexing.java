package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;

/// Elements chosen by index, padding and resizing: each result element comes from known places of `x`, and its
/// gradient goes back there, adding up.
public final class Indexing {
    private Indexing() {
    }

    /// `y[.., i, ..] = x[.., index[i], ..]`.
    ///
    /// @param index int32 `[n]`
    public static Var indexSelect(Var x, int axis, NDArray index) {
        var spec = new IndexSelectSpec(x.shape().axis(axis));
        Shape out = spec.outputShape(x.shape(), index.shape());
        var kernels = Op.kernels(spec, x);
        index(spec, x, index);
        NDArray y = Op.result(spec, out, x.value());
        kernels.indexSelect(spec, x.value(), index, y);
        return Var.result(spec, y, new SelectGrad(spec, Saved.of(index)), x);
    }

    record SelectGrad(IndexSelectSpec spec, Saved index) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().indexSelectBackward(spec, dy, index.get(spec.opName()), sink.target(0));
        }
    }

    /// `y[i, j, …] = x[index[i, j, …], j, …]` for axis 0, alike for others.
    ///
    /// @param index int32, with as many axes as `x`, nowhere longer except along `axis`
    public static Var gather(Var x, int axis, NDArray index) {
        var spec = new GatherSpec(x.shape().axis(axis));
        Shape out = spec.outputShape(x.shape(), index.shape());
        var kernels = Op.kernels(spec, x);
        index(spec, x, index);
        NDArray y = Op.result(spec, out, x.value());
        kernels.gather(spec, x.value(), index, y);
        return Var.result(spec, y, new GatherGrad(spec, Saved.of(index)), x);
    }

    record GatherGrad(GatherSpec spec, Saved index) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().gatherBackward(spec, dy, index.get(spec.opName()), sink.target(0));
        }
    }

    /// Rows of the identity matrix, float32: `[…]` labels give `[…, classes]`. Has no gradient.
    public static NDArray oneHot(OneHotSpec spec, NDArray labels) {
        Checks.integers(spec.opName(), "labels", labels.requireLive(spec.opName()));
        NDArray y = NDArray.empty(spec.outputShape(labels.shape()), DType.FLOAT32, labels.device());
        labels.device().kernels().oneHot(spec, labels, y);
        return y;
    }

    /// Padding, or cropping where negative, of the last two axes.
    public static Var pad(PadSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        kernels.pad(spec, x.value(), y);
        return Var.result(spec, y, new PadGrad(spec), x);
    }

    record PadGrad(PadSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().padBackward(spec, dy, sink.target(0));
        }
    }

    /// Nearest or bilinear resampling of the last two axes of `[N, C, H, W]`.
    public static Var resize(ResizeSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        kernels.resize(spec, x.value(), y);
        return Var.result(spec, y, new ResizeGrad(spec), x);
    }

    record ResizeGrad(ResizeSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().resizeBackward(spec, dy, sink.target(0));
        }
    }

    private static void index(OpSpec spec, Var x, NDArray index) {
        Checks.integers(spec.opName(), "index", index.requireLive(spec.opName()));
        x.device().requireSame(spec.opName(), index.device());
    }
}
