package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;

/// Max and average pooling of `[N, C, H, W]`. A maximum passes its whole gradient to the first winner of its window,
/// an average spreads it evenly.
public final class Pooling {
    private Pooling() {
    }

    /// @return `[N, C, P, Q]`; shapes as in [Pool2dSpec]
    public static Var pool2d(Pool2dSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        if (!Var.wantsGrad(x)) {
            kernels.pool2dValues(spec, x.value(), y);
            return Var.of(y);
        }
        Aux aux = kernels.pool2d(spec, x.value(), y);
        var keeps = kernels.poolKeeps(spec);
        return Var.result(spec, y, new Grad(spec, Saved.when(keeps.x(), x.value()), Saved.when(keeps.y(), y), aux), x);
    }

    /// Max pooling that also tells the winners.
    public static WithIndices pool2dWithIndices(Pool2dSpec spec, Var x) {
        requireMax(spec.opName(), spec.kind());
        Var values = pool2d(spec, x);
        NDArray indices = NDArray.empty(values.shape(), DType.INT32, x.device());
        x.device().kernels().pool2dIndices(spec, x.value(), indices);
        return new WithIndices(values, indices);
    }

    /// What the backend asked to keep.
    record Grad(Pool2dSpec spec, Saved x, Saved y, Aux aux) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().pool2dBackward(spec, dy, Saved.get(x, spec.opName()), Saved.get(y, spec.opName()),
                    aux, sink.target(0));
        }
    }

    /// Pooling to a fixed output size, `[N, C, P, Q]`.
    public static Var adaptivePool2d(AdaptivePool2dSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        Aux aux = kernels.adaptivePool2d(spec, x.value(), y);
        if (!Var.wantsGrad(x)) {
            return Var.of(y);
        }
        var keeps = kernels.adaptivePoolKeeps(spec);
        var grad = new AdaptiveGrad(spec, Saved.when(keeps.x(), x.value()), Saved.when(keeps.y(), y), aux);
        return Var.result(spec, y, grad, x);
    }

    /// Adaptive max pooling that also tells the winners.
    public static WithIndices adaptivePool2dWithIndices(AdaptivePool2dSpec spec, Var x) {
        requireMax(spec.opName(), spec.kind());
        Var values = adaptivePool2d(spec, x);
        NDArray indices = NDArray.empty(values.shape(), DType.INT32, x.device());
        x.device().kernels().adaptivePool2dIndices(spec, x.value(), indices);
        return new WithIndices(values, indices);
    }

    record AdaptiveGrad(AdaptivePool2dSpec spec, Saved x, Saved y, Aux aux) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().adaptivePool2dBackward(spec, dy, Saved.get(x, spec.opName()),
                    Saved.get(y, spec.opName()), aux, sink.target(0));
        }
    }

    private static void requireMax(String op, PoolKind kind) {
        if (kind != PoolKind.MAX) {
            throw new ShapeException("%s: only max pooling has winners; average pooling has no indices", op);
        }
    }
}
