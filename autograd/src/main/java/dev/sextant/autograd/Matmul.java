package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// Matrix product over the last two axes, leading axes broadcast: `y = a·b`, `da = dy·bᵀ`, `db = aᵀ·dy`, summed over
/// the axes along which the operand was repeated.
public final class Matmul {
    private Matmul() {
    }

    /// `a·b` as numpy and PyTorch have it: a vector on the left is a row, on the right a column, and its axis of
    /// extent 1 is dropped from the result.
    public static Var matmul(Var a, Var b) {
        boolean row = a.shape().rank() == 1;
        boolean column = b.shape().rank() == 1;
        if (a.shape().rank() == 0 || b.shape().rank() == 0) {
            throw new ShapeException("matmul: a %s and b %s need at least one axis each; use Arithmetic.mul for "
                    + "scalars", a.shape(), b.shape());
        }
        Op.kernels(MatmulSpec.PLAIN, a, b);
        Var left = row ? Shaping.reshape(a, 1, a.shape().dim(0)) : a;
        Var right = column ? Shaping.reshape(b, b.shape().dim(0), 1) : b;
        Var y = matmul(MatmulSpec.PLAIN, left, right);
        if (!row && !column) {
            return y;
        }
        Shape shape = y.shape();
        shape = column ? shape.without(-1) : shape;
        shape = row ? shape.without(column ? -1 : -2) : shape;
        return Shaping.reshape(y, shape.dims());
    }

    /// `a·b` with either operand stored transposed; both have at least two axes.
    public static Var matmul(MatmulSpec spec, Var a, Var b) {
        Shape out = spec.outputShape(a.shape(), b.shape());
        var kernels = Op.kernels(spec, a, b);
        NDArray y = Op.result(spec, out, a.value(), b.value());
        kernels.matmul(spec, a.value(), b.value(), y, Write.SET);
        if (!Var.wantsGrad(a, b)) {
            return Var.of(y);
        }
        return Var.result(spec, y, new Grad(spec, Saved.of(a.value()), Saved.of(b.value())), a, b);
    }

    record Grad(MatmulSpec spec, Saved a, Saved b) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            NDArray left = a.get("matmul");
            NDArray right = b.get("matmul");
            if (sink.wants(0)) {
                if (spec.transposeA()) {
                    product(new MatmulSpec(spec.transposeB(), true), right, dy, sink, 0, left.shape());
                } else {
                    product(new MatmulSpec(false, !spec.transposeB()), dy, right, sink, 0, left.shape());
                }
            }
            if (sink.wants(1)) {
                if (spec.transposeB()) {
                    product(new MatmulSpec(true, spec.transposeA()), dy, left, sink, 1, right.shape());
                } else {
                    product(new MatmulSpec(!spec.transposeA(), false), left, dy, sink, 1, right.shape());
                }
            }
        }
    }

    /// Gives parent `parent`, of shape `shape`, the product `a·b`, summed where the parent was repeated.
    private static void product(MatmulSpec spec, NDArray a, NDArray b, Sink sink, int parent, Shape shape) {
        Shape full = spec.outputShape(a.shape(), b.shape());
        if (full.equals(shape)) {
            Target target = sink.target(parent);
            a.device().kernels().matmul(spec, a, b, target.array(), target.write());
            return;
        }
        NDArray repeated = NDArray.empty(full, a.dtype(), a.device());
        a.device().kernels().matmul(spec, a, b, repeated, Write.SET);
        Broadcasting.sumInto(sink, parent, repeated, shape);
        repeated.storage().release("backward, which had consumed this gradient");
    }
}
