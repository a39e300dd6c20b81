package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.BinarySpec.Kind;
import dev.sextant.engine.op.MoveSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;

/// Element-wise functions of two arrays that broadcast against each other; a gradient is summed over the axes along
/// which its operand was repeated.
public final class Arithmetic {
    private static final MoveSpec WHERE = new MoveSpec("where");

    private Arithmetic() {
    }

    /// `a + b`; both get `dy`.
    public static Var add(Var a, Var b) {
        return additive(BinarySpec.ADD, a, b);
    }

    /// `a − b`; `a` gets `dy`, `b` gets `−dy`.
    public static Var sub(Var a, Var b) {
        return additive(BinarySpec.SUB, a, b);
    }

    /// `a·b`.
    public static Var mul(Var a, Var b) {
        return binary(BinarySpec.MUL, a, b);
    }

    /// `a/b`.
    public static Var div(Var a, Var b) {
        return binary(BinarySpec.DIV, a, b);
    }

    /// `a^b`.
    public static Var pow(Var a, Var b) {
        return binary(new BinarySpec(Kind.POW), a, b);
    }

    /// The larger; equal elements share the gradient.
    public static Var maximum(Var a, Var b) {
        return binary(new BinarySpec(Kind.MAXIMUM), a, b);
    }

    /// The smaller; equal elements share the gradient.
    public static Var minimum(Var a, Var b) {
        return binary(new BinarySpec(Kind.MINIMUM), a, b);
    }

    /// `x + c`.
    public static Var add(Var x, double c) {
        return Pointwise.affine(x, 1, c);
    }

    /// `c·x`.
    public static Var mul(Var x, double c) {
        return Pointwise.affine(x, c, 0);
    }

    /// Sums need only the operands' shapes for their gradient, so no values are kept.
    private static Var additive(BinarySpec spec, Var a, Var b) {
        NDArray y = forward(spec, a, b);
        return Var.result(spec, y, new SumGrad(spec, a.shape(), b.shape()), a, b);
    }

    record SumGrad(BinarySpec spec, Shape a, Shape b) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            Broadcasting.sumInto(sink, 0, dy, a);
            if (spec.kind() == Kind.ADD) {
                Broadcasting.sumInto(sink, 1, dy, b);
            } else if (sink.wants(1)) {
                NDArray negative = NDArray.empty(dy.shape(), dy.dtype(), dy.device());
                dy.device().kernels().unary(UnarySpec.of(UnarySpec.Kind.NEG), dy, negative);
                Broadcasting.sumInto(sink, 1, negative, b);
            }
        }
    }

    private static Var binary(BinarySpec spec, Var a, Var b) {
        NDArray y = forward(spec, a, b);
        if (!Var.wantsGrad(a, b)) {
            return Var.of(y);
        }
        return Var.result(spec, y, new Grad(spec, Saved.of(a.value()), Saved.of(b.value())), a, b);
    }

    record Grad(BinarySpec spec, Saved a, Saved b) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            Target da = sink.target(0);
            Target db = sink.target(1);
            dy.device().kernels().binaryBackward(spec, a.get(spec.opName()), b.get(spec.opName()), dy, da, db);
        }
    }

    private static NDArray forward(BinarySpec spec, Var a, Var b) {
        Shape out = spec.outputShape(a.shape(), b.shape());
        var kernels = Op.kernels(spec, a, b);
        NDArray y = Op.result(spec, out, a.value(), b.value());
        kernels.binary(spec, a.value(), b.value(), y);
        return y;
    }

    /// `condition ≠ 0 ? a : b`, all three broadcast; the gradient goes where the value came from.
    public static Var where(NDArray condition, Var a, Var b) {
        String op = WHERE.opName();
        Shape out = Shape.broadcast(op, condition.shape(), Shape.broadcast(op, a.shape(), b.shape()));
        var kernels = Op.kernels(WHERE, a, b);
        a.value().requireSameDevice(op, condition.requireLive(op));
        NDArray y = Op.result(WHERE, out, a.value(), b.value());
        kernels.where(condition, a.value(), b.value(), y);
        if (!Var.wantsGrad(a, b)) {
            return Var.of(y);
        }
        return Var.result(WHERE, y, new WhereGrad(Saved.of(condition)), a, b);
    }

    record WhereGrad(Saved condition) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            Target da = sink.target(0);
            Target db = sink.target(1);
            dy.device().kernels().whereBackward(condition.get(WHERE.opName()), dy, da, db);
        }
    }
}
