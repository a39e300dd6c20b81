package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.spi.Target;

/// Gradients of operands that were broadcast: every element of the operand collects, in index order and in double
/// precision, what the elements that used it contribute.
final class Broadcast {
    private static final int CHUNK = 1 << 13;

    /// One contribution.
    @FunctionalInterface
    interface Slope {
        double at(double a, double b, double dy);
    }

    /// One contribution, by the places of its operands.
    @FunctionalInterface
    private interface Term {
        double at(int[] at, int i, int[] step);
    }

    private Broadcast() {
    }

    /// `target (+)= Σ slope(a, b, dy)` over the axes along which the target was broadcast.
    static void backward(Workers workers, Slope slope, NDArray a, NDArray b, NDArray dy, Target target) {
        float[] left = Strides.of(a).data();
        float[] right = Strides.of(b).data();
        float[] from = Strides.of(dy).data();
        sum(workers, dy.shape(), target, new NDArray[] {a, b, dy}, (at, i, step) -> slope.at(left[at[0] + i * step[0]],
                right[at[1] + i * step[1]], from[at[2] + i * step[2]]));
    }

    /// `target (+)= Σ dy` where the condition is as wanted.
    static void select(Workers workers, NDArray condition, boolean wanted, NDArray dy, Target target) {
        boolean ints = condition.dtype() == DType.INT32;
        int[] flags = ints ? HostStorage.ints(condition.plain()) : null;
        float[] values = ints ? null : Strides.of(condition).data();
        float[] from = Strides.of(dy).data();
        sum(workers, dy.shape(), target, new NDArray[] {condition, dy}, (at, i, step) -> {
            int c = at[0] + i * step[0];
            boolean yes = ints ? flags[c] != 0 : values[c] != 0;
            return yes == wanted ? from[at[1] + i * step[1]] : 0;
        });
    }

    private static void sum(Workers workers, Shape full, Target target, NDArray[] inputs, Term term) {
        NDArray result = target.array();
        var to = Strides.into(result);
        int rank = full.rank();
        int count = inputs.length;
        int[][] steps = new int[count][];
        int[] base = new int[count];
        for (int a = 0; a < count; a++) {
            steps[a] = spread(inputs[a], rank);
            base[a] = HostStorage.start(inputs[a].plain());
        }
        int[] resultSteps = spread(result, rank);
        int lead = rank - result.rank();
        int[] kept = new int[rank];
        int[] summed = new int[rank];
        int terms = 1;
        for (int axis = 0; axis < rank; axis++) {
            kept[axis] = axis < lead ? 1 : result.dim(axis - lead);
            summed[axis] = full.dim(axis) / Math.max(1, kept[axis]);
            terms *= summed[axis];
        }
        int each = terms;
        int size = (int) result.size();
        int perChunk = Math.max(1, CHUNK / Math.max(1, each));
        workers.run(Math.ceilDiv(size, perChunk), c -> {
            int[] at = new int[count];
            int[] term2 = new int[count];
            int[] still = new int[count];
            for (int e = c * perChunk; e < Math.min(size, (c + 1) * perChunk); e++) {
                System.arraycopy(base, 0, at, 0, count);
                int place = to.base() + locate(e, kept, steps, at, resultSteps);
                double sum = 0;
                for (int t = 0; t < each; t++) {
                    System.arraycopy(at, 0, term2, 0, count);
                    if (each > 1) {
                        locate(t, summed, steps, term2, null);
                    }
                    sum += term.at(term2, 0, still);
                }
                to.data()[place] = (float) (target.adds() ? to.data()[place] + sum : sum);
            }
        });
    }

    /// Moves all places to index `index` of a grid; returns the offset in the result.
    private static int locate(int index, int[] dims, int[][] steps, int[] at, int[] resultSteps) {
        int rest = index;
        int offset = 0;
        for (int axis = dims.length - 1; axis >= 0 && rest > 0; axis--) {
            int i = rest % dims[axis];
            rest /= dims[axis];
            for (int a = 0; a < at.length; a++) {
                at[a] += i * steps[a][axis];
            }
            offset += resultSteps == null ? 0 : i * resultSteps[axis];
        }
        return offset;
    }

    /// Strides of an array seen as broadcast to `rank` axes.
    private static int[] spread(NDArray x, int rank) {
        int[] own = ((Layout.Strided) x.plain().layout()).strides();
        int[] steps = new int[rank];
        int lead = rank - x.rank();
        for (int axis = lead; axis < rank; axis++) {
            steps[axis] = x.dim(axis - lead) == 1 ? 0 : own[axis - lead];
        }
        return steps;
    }
}
