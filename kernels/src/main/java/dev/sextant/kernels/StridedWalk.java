package dev.sextant.kernels;

import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/// How a kernel of `move.cu` walks two arrays of one shape: extents and both strides, neighbouring axes merged where
/// the memory of both allows it. Mirrors `struct Walk`.
record StridedWalk(int[] extent, int[] x, int[] y, int count) {
    private static final int AXES = 6;

    /// The walk over `x` and `y`, which have the same shape.
    static StridedWalk of(String op, NDArray x, NDArray y) {
        Shape shape = y.shape();
        int[] xs = ((Strided) x.layout()).strides();
        int[] ys = ((Strided) y.layout()).strides();
        List<int[]> axes = new ArrayList<>(); // extent, stride in x, stride in y
        for (int i = 0; i < shape.rank(); i++) {
            int extent = shape.dim(i);
            if (extent == 1) {
                continue;
            }
            int[] outer = axes.isEmpty() ? null : axes.getLast();
            if (outer != null && outer[1] == xs[i] * extent && outer[2] == ys[i] * extent) {
                axes.set(axes.size() - 1, new int[] {outer[0] * extent, xs[i], ys[i]});
            } else {
                axes.add(new int[] {extent, xs[i], ys[i]});
            }
        }
        if (axes.size() > AXES) {
            throw new ShapeException("%s: x %s and y %s have %d axes that do not merge; cuda walks at most %d. Copy "
                    + "one with x.contiguous() first", op, x, y, axes.size(), AXES);
        }
        int[][] fields = {{1, 1, 1, 1, 1, 1}, new int[AXES], new int[AXES]};
        for (int i = 0; i < axes.size(); i++) {
            for (int f = 0; f < fields.length; f++) {
                fields[f][AXES - axes.size() + i] = axes.get(i)[f];
            }
        }
        return new StridedWalk(fields[0], fields[1], fields[2], Math.toIntExact(shape.size()));
    }

    /// The fields of `struct Walk`, in its order.
    int[] fields() {
        int[] all = new int[3 * AXES + 1];
        System.arraycopy(extent, 0, all, 0, AXES);
        System.arraycopy(x, 0, all, AXES, AXES);
        System.arraycopy(y, 0, all, 2 * AXES, AXES);
        all[3 * AXES] = count;
        return all;
    }
}
