package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Shape;
import java.util.function.IntPredicate;

/// The elements of an array grouped by what a reduction joins: fibre `i` holds those that meet in result `i`
/// (row-major), in row-major order.
final class Fibres {
    private final int[] keptDims;
    private final int[] keptSteps;
    private final int[] joinedDims;
    private final int[] joinedSteps;
    private final int count;
    private final int length;

    Fibres(IntPredicate joined, Shape shape, int[] steps) {
        int rank = shape.rank();
        int j = 0;
        for (int axis = 0; axis < rank; axis++) {
            j += joined.test(axis) ? 1 : 0;
        }
        keptDims = new int[rank - j];
        keptSteps = new int[rank - j];
        joinedDims = new int[j];
        joinedSteps = new int[j];
        int c = 1;
        int l = 1;
        int k = 0;
        j = 0;
        for (int axis = 0; axis < rank; axis++) {
            if (joined.test(axis)) {
                joinedDims[j] = shape.dim(axis);
                joinedSteps[j++] = steps[axis];
                l *= shape.dim(axis);
            } else {
                keptDims[k] = shape.dim(axis);
                keptSteps[k++] = steps[axis];
                c *= shape.dim(axis);
            }
        }
        count = c;
        length = l;
    }

    int count() {
        return count;
    }

    int length() {
        return length;
    }

    void gather(Strides from, int index, double[] run) {
        int base = from.base() + offset(index, keptDims, keptSteps);
        int last = joinedDims.length - 1;
        int inner = last < 0 ? 1 : joinedDims[last];
        int step = last < 0 ? 0 : joinedSteps[last];
        for (int i = 0; i < length; i += inner) {
            int at = base + offset(i, joinedDims, joinedSteps);
            for (int k = 0; k < inner; k++) {
                run[i + k] = from.data()[at + k * step];
            }
        }
    }

    /// `to (+)= factor·run`.
    void scatter(Strides to, int index, double[] run, double factor, boolean adds) {
        int base = to.base() + offset(index, keptDims, keptSteps);
        int last = joinedDims.length - 1;
        int inner = last < 0 ? 1 : joinedDims[last];
        int step = last < 0 ? 0 : joinedSteps[last];
        for (int i = 0; i < length; i += inner) {
            int at = base + offset(i, joinedDims, joinedSteps);
            for (int k = 0; k < inner; k++) {
                double v = factor * run[i + k];
                to.data()[at + k * step] = (float) (adds ? to.data()[at + k * step] + v : v);
            }
        }
    }

    private static int offset(int index, int[] dims, int[] steps) {
        int offset = 0;
        int rest = index;
        for (int axis = dims.length - 1; axis >= 0 && rest > 0; axis--) {
            offset += rest % dims[axis] * steps[axis];
            rest /= dims[axis];
        }
        return offset;
    }
}
