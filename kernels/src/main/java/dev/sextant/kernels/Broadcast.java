package dev.sextant.kernels;

import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/// How a kernel of `pointwise.cu` walks up to three operands that repeat along some axes to fill one shape: extents,
/// and strides that are 0 where an operand is repeated; neighbouring axes are merged. Mirrors `struct Broadcast`.
record Broadcast(int[] fields) {
    private static final int AXES = 6;
    private static final int OPERANDS = 3;

    /// The walk over operands (at most three) that broadcast to `result`.
    static Broadcast of(String op, Shape result, NDArray... operands) {
        int[][] strides = new int[OPERANDS][result.rank()];
        for (int o = 0; o < operands.length; o++) {
            int[] own = ((Strided) operands[o].layout()).strides();
            int lead = result.rank() - own.length;
            for (int axis = 0; axis < own.length; axis++) {
                strides[o][lead + axis] = operands[o].dim(axis) == 1 ? 0 : own[axis];
            }
        }
        List<int[]> axes = new ArrayList<>(); // extent, strides
        for (int axis = 0; axis < result.rank(); axis++) {
            int[] next = {result.dim(axis), strides[0][axis], strides[1][axis], strides[2][axis]};
            if (next[0] == 1) {
                continue;
            }
            int[] outer = axes.isEmpty() ? null : axes.getLast();
            if (outer != null && outer[1] == next[1] * next[0] && outer[2] == next[2] * next[0]
                    && outer[3] == next[3] * next[0]) {
                axes.set(axes.size() - 1, new int[] {outer[0] * next[0], next[1], next[2], next[3]});
            } else {
                axes.add(next);
            }
        }
        if (axes.size() > AXES) {
            throw new ShapeException("%s: operands that broadcast to %s have %d axes that do not merge; cuda walks at "
                    + "most %d. Make one contiguous first", op, result, axes.size(), AXES);
        }
        int[] fields = new int[(1 + OPERANDS) * AXES + 1];
        java.util.Arrays.fill(fields, 0, AXES, 1);
        for (int i = 0; i < axes.size(); i++) {
            for (int f = 0; f <= OPERANDS; f++) {
                fields[f * AXES + AXES - axes.size() + i] = axes.get(i)[f];
            }
        }
        fields[fields.length - 1] = Math.toIntExact(result.size());
        return new Broadcast(fields);
    }
}
