package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;

/// Reductions over axes (none given: over all), and what runs along one axis. Conventions: [ReduceSpec.Kind].
public final class Reductions {
    private Reductions() {
    }

    /// Sum.
    public static Var sum(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.SUM, x.shape(), keepDims, axes), x);
    }

    /// Mean.
    public static Var mean(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.MEAN, x.shape(), keepDims, axes), x);
    }

    /// Largest element; the first one takes the gradient.
    public static Var max(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.MAX, x.shape(), keepDims, axes), x);
    }

    /// Smallest element; the first one takes the gradient.
    public static Var min(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.MIN, x.shape(), keepDims, axes), x);
    }

    /// Largest element along one axis, and where.
    public static WithIndices maxWithIndices(Var x, boolean keepDims, int axis) {
        return withIndices(Kind.MAX, x, keepDims, axis);
    }

    /// Smallest element along one axis, and where.
    public static WithIndices minWithIndices(Var x, boolean keepDims, int axis) {
        return withIndices(Kind.MIN, x, keepDims, axis);
    }

    /// Largest element; ties share the gradient.
    public static Var amax(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.AMAX, x.shape(), keepDims, axes), x);
    }

    /// Smallest element; ties share the gradient.
    public static Var amin(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.AMIN, x.shape(), keepDims, axes), x);
    }

    /// Product.
    public static Var prod(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.PROD, x.shape(), keepDims, axes), x);
    }

    /// Variance; `unbiased` divides by `n − 1`.
    public static Var var(Var x, boolean unbiased, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.VAR, x.shape(), keepDims, unbiased, axes), x);
    }

    /// Standard deviation; `unbiased` divides by `n − 1`.
    public static Var std(Var x, boolean unbiased, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.STD, x.shape(), keepDims, unbiased, axes), x);
    }

    /// Euclidean norm.
    public static Var norm2(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.NORM2, x.shape(), keepDims, axes), x);
    }

    /// `log Σ e^x`, without overflow.
    public static Var logsumexp(Var x, boolean keepDims, int... axes) {
        return reduce(ReduceSpec.of(Kind.LOGSUMEXP, x.shape(), keepDims, axes), x);
    }

    /// Positions of the largest elements: int32, along the one axis given, or flat over all.
    public static NDArray argmax(Var x, boolean keepDims, int... axes) {
        return positions(Kind.ARGMAX, x, keepDims, axes);
    }

    /// Positions of the smallest elements: int32, along the one axis given, or flat over all.
    public static NDArray argmin(Var x, boolean keepDims, int... axes) {
        return positions(Kind.ARGMIN, x, keepDims, axes);
    }

    /// Any reduction that has a gradient.
    public static Var reduce(ReduceSpec spec, Var x) {
        requireElements(spec, x.shape());
        if (spec.kind() == Kind.ARGMAX || spec.kind() == Kind.ARGMIN) {
            throw new ShapeException("%s: gives positions, not values; call Reductions.%s", spec.opName(),
                    spec.opName());
        }
        NDArray y = forward(spec, x, null);
        return record(spec, x, y);
    }

    private static Var record(ReduceSpec spec, Var x, NDArray y) {
        if (!Var.wantsGrad(x)) {
            return Var.of(y);
        }
        Pullback grad = spec.kind() == Kind.SUM || spec.kind() == Kind.MEAN ? new SumGrad(spec, x.shape())
                : new Grad(spec, Saved.of(x.value()), Saved.of(y));
        return Var.result(spec, y, grad, x);
    }

    /// Every element gets the gradient of its sum (divided by their number for the mean); no values are kept.
    record SumGrad(ReduceSpec spec, Shape x) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            var kernels = dy.device().kernels();
            NDArray each = dy.reshape(spec.keptShape(x).dims());
            if (spec.kind() == Kind.MEAN) {
                NDArray share = NDArray.empty(each.shape(), dy.dtype(), dy.device());
                double n = (double) x.size() / Math.max(1, each.size());
                kernels.unary(new UnarySpec(UnarySpec.Kind.AFFINE, 1 / n, 0), each, share);
                each = share;
            }
            Target dx = sink.target(0);
            kernels.copy(each.expand(x), dx.array(), dx.write());
        }
    }

    record Grad(ReduceSpec spec, Saved x, Saved y) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().reduceBackward(spec, x.get(spec.opName()), y.get(spec.opName()), dy, sink.target(0));
        }
    }

    private static WithIndices withIndices(Kind kind, Var x, boolean keepDims, int axis) {
        var spec = ReduceSpec.of(kind, x.shape(), keepDims, axis);
        requireElements(spec, x.shape());
        NDArray indices = NDArray.empty(spec.outputShape(x.shape()), DType.INT32, x.device());
        NDArray y = forward(spec, x, indices);
        return new WithIndices(record(spec, x, y), indices);
    }

    private static NDArray forward(ReduceSpec spec, Var x, NDArray indices) {
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, spec.outputShape(x.shape()), x.value());
        kernels.reduce(spec, x.value(), y, indices);
        return y;
    }

    private static NDArray positions(Kind kind, Var x, boolean keepDims, int... axes) {
        var spec = ReduceSpec.of(kind, x.shape(), keepDims, axes);
        requireElements(spec, x.shape());
        if (axes.length > 1) {
            throw new ShapeException("%s: takes one axis or none (all), but got %d of %s", spec.opName(), axes.length,
                    x.shape());
        }
        var kernels = Op.kernels(spec, x);
        NDArray y = NDArray.empty(spec.outputShape(x.shape()), DType.INT32, x.device());
        kernels.reduce(spec, x.value(), y, null);
        return y;
    }

    /// The largest of no elements does not exist; a sum, product or mean of none does.
    private static void requireElements(ReduceSpec spec, Shape x) {
        boolean selects = switch (spec.kind()) {
            case MAX, MIN, AMAX, AMIN, ARGMAX, ARGMIN -> true;
            case SUM, MEAN, PROD, VAR, STD, NORM2, LOGSUMEXP -> false;
        };
        if (selects && x.size() == 0) {
            throw new ShapeException("%s: x %s has no elements to choose from", spec.opName(), x);
        }
    }

    /// Running sum along one axis; the gradient is the running sum from the other end.
    public static Var cumsum(Var x, int axis) {
        var spec = new CumsumSpec(x.shape().axis("cumsum", axis));
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, x.shape(), x.value());
        kernels.cumsum(spec, x.value(), y);
        return Var.result(spec, y, new CumsumGrad(spec), x);
    }

    record CumsumGrad(CumsumSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().cumsumBackward(spec, dy, sink.target(0));
        }
    }

    /// `e^x/Σ e^x` along one axis; `dx = y·(dy − Σ dy·y)`.
    public static Var softmax(Var x, int axis) {
        return softmax(new SoftmaxSpec(x.shape().axis("softmax", axis), false), x);
    }

    /// The logarithm of softmax, without losing small probabilities; `dx = dy − e^y·Σ dy`.
    public static Var logSoftmax(Var x, int axis) {
        return softmax(new SoftmaxSpec(x.shape().axis("log_softmax", axis), true), x);
    }

    private static Var softmax(SoftmaxSpec spec, Var x) {
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, x.shape(), x.value());
        kernels.softmax(spec, x.value(), y);
        if (!Var.wantsGrad(x)) {
            return Var.of(y);
        }
        return Var.result(spec, y, new SoftmaxGrad(spec, Saved.of(y)), x);
    }

    record SoftmaxGrad(SoftmaxSpec spec, Saved y) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().softmaxBackward(spec, y.get(spec.opName()), dy, sink.target(0));
        }
    }
}
