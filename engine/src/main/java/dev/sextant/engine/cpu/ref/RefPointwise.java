package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.engine.spi.PointwiseKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// Element by element. Broadcasting reads an operand as if it had the result's shape, and its gradient adds up
/// wherever the operand was read more than once.
interface RefPointwise extends PointwiseKernels {

    @Override
    default void fill(double value, NDArray ys) {
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, value);
        }
    }

    @Override
    default void copy(NDArray xs, NDArray ys, Write write) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, write == Write.ADD ? y.get(i) + x.get(i) : x.get(i));
        }
    }

    @Override
    default void unary(UnarySpec spec, NDArray xs, NDArray ys) {
        UnarySpec f = Functions.in(xs.dtype(), spec);
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, Functions.value(f, x.get(i)));
        }
    }

    @Override
    default void unaryBackward(UnarySpec spec, NDArray xs, NDArray ys, NDArray dys, Target target) {
        UnarySpec f = Functions.in(dys.dtype(), spec);
        boolean fromOutput = spec.kind().usesOutput();
        Cells given = Cells.of(fromOutput ? ys : xs);
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        for (int i = 0; i < dy.size(); i++) {
            double slope = fromOutput ? Functions.derivativeFromOutput(f, given == null ? 0 : given.get(i))
                    : Functions.derivative(f, given.get(i));
            dx.add(i, slope * dy.get(i));
        }
        dx.store();
    }

    @Override
    default void binary(BinarySpec spec, NDArray as, NDArray bs, NDArray ys) {
        Cells a = Cells.of(as, ys.shape());
        Cells b = Cells.of(bs, ys.shape());
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, value(spec.kind(), a.get(i), b.get(i)));
        }
    }

    @Override
    default void binaryBackward(BinarySpec spec, NDArray as, NDArray bs, NDArray dys, Target targetA, Target targetB) {
        Cells a = Cells.of(as, dys.shape());
        Cells b = Cells.of(bs, dys.shape());
        Cells dy = Cells.of(dys);
        if (targetA != null) {
            Sums da = Sums.of(targetA);
            int[] source = sourceOf(as.shape(), dys.shape());
            for (int i = 0; i < dy.size(); i++) {
                da.add(source[i], dy.get(i) * slopeA(spec.kind(), a.get(i), b.get(i)));
            }
            da.store();
        }
        if (targetB != null) {
            Sums db = Sums.of(targetB);
            int[] source = sourceOf(bs.shape(), dys.shape());
            for (int i = 0; i < dy.size(); i++) {
                db.add(source[i], dy.get(i) * slopeB(spec.kind(), a.get(i), b.get(i)));
            }
            db.store();
        }
    }

    @Override
    default void where(NDArray conditions, NDArray as, NDArray bs, NDArray ys) {
        Cells condition = Cells.of(conditions, ys.shape());
        Cells a = Cells.of(as, ys.shape());
        Cells b = Cells.of(bs, ys.shape());
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, condition.get(i) != 0 ? a.get(i) : b.get(i));
        }
    }

    @Override
    default void whereBackward(NDArray conditions, NDArray dys, Target targetA, Target targetB) {
        Cells condition = Cells.of(conditions, dys.shape());
        Cells dy = Cells.of(dys);
        for (boolean chosen : new boolean[] {true, false}) {
            Target target = chosen ? targetA : targetB;
            if (target != null) {
                Sums sums = Sums.of(target);
                int[] source = sourceOf(target.array().shape(), dys.shape());
                for (int i = 0; i < dy.size(); i++) {
                    sums.add(source[i], condition.get(i) != 0 == chosen ? dy.get(i) : 0);
                }
                sums.store();
            }
        }
    }

    @Override
    default void dropout(DropoutSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, keeps(spec, i) ? x.get(i) / (1 - spec.p()) : 0);
        }
    }

    @Override
    default void dropoutBackward(DropoutSpec spec, NDArray dys, Target target) {
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        for (int i = 0; i < dy.size(); i++) {
            dx.add(i, keeps(spec, i) ? dy.get(i) / (1 - spec.p()) : 0);
        }
        dx.store();
    }

    /// Whether dropout keeps element `i`: the uniform number of that index is not below `p`.
    private static boolean keeps(DropoutSpec spec, int i) {
        return Philox.uniform(spec.seed(), spec.stream(), i) >= spec.p();
    }

    private static double value(BinarySpec.Kind kind, double a, double b) {
        return switch (kind) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> Math.pow(a, b);
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
        };
    }

    /// `∂(a ∘ b)/∂a`.
    private static double slopeA(BinarySpec.Kind kind, double a, double b) {
        return switch (kind) {
            case ADD, SUB -> 1;
            case MUL -> b;
            case DIV -> 1 / b;
            case POW -> b == 0 ? 0 : b * Math.pow(a, b - 1);
            case MAXIMUM -> a > b ? 1 : a == b ? 0.5 : 0;
            case MINIMUM -> a < b ? 1 : a == b ? 0.5 : 0;
        };
    }

    /// `∂(a ∘ b)/∂b`.
    private static double slopeB(BinarySpec.Kind kind, double a, double b) {
        return switch (kind) {
            case ADD -> 1;
            case SUB -> -1;
            case MUL -> a;
            case DIV -> -a / (b * b);
            case POW -> a == 0 && b >= 0 ? 0 : Math.pow(a, b) * Math.log(a);
            case MAXIMUM -> a < b ? 1 : a == b ? 0.5 : 0;
            case MINIMUM -> a > b ? 1 : a == b ? 0.5 : 0;
        };
    }

    /// For every element of the broadcast result, the row-major index of the operand's element it was read from.
    static int[] sourceOf(Shape operand, Shape result) {
        int[] source = new int[Math.toIntExact(result.size())];
        int[] strides = operand.strides();
        int lead = result.rank() - operand.rank();
        for (int i = 0; i < source.length; i++) {
            int rest = i;
            for (int axis = result.rank() - 1; axis >= 0; axis--) {
                int at = rest % result.dim(axis);
                rest /= result.dim(axis);
                if (axis >= lead && operand.dim(axis - lead) != 1) {
                    source[i] += at * strides[axis - lead];
                }
            }
        }
        return source;
    }
}
