package dev.sextant.kernels;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// Which elements of a dense array meet in one result, as `reduction.cuh` describes it.
///
/// @param fields  of `struct Reduction`, in its order
/// @param outputs results
/// @param each    elements that meet in each
record Reduction(int[] fields, int outputs, int each) {
    private static final int RANK = 6;
    private static final int MOST_LANES = 256;

    /// Over the axes of `x` that `isReduced` names.
    static Reduction of(String op, Shape x, IntPredicate isReduced) {
        List<int[]> kept = new ArrayList<>(); // extent, stride
        List<int[]> summed = new ArrayList<>();
        int[] strides = x.strides();
        for (int axis = 0; axis < x.rank(); axis++) {
            List<int[]> axes = isReduced.test(axis) ? summed : kept;
            int[] outer = axes.isEmpty() ? null : axes.getLast();
            if (outer != null && outer[1] == strides[axis] * x.dim(axis)) {
                axes.set(axes.size() - 1, new int[] {outer[0] * x.dim(axis), strides[axis]});
            } else {
                axes.add(new int[] {x.dim(axis), strides[axis]});
            }
        }
        int[] fields = new int[4 * RANK + 2];
        int outputs = put(op, x, kept, fields, 0);
        int each = put(op, x, summed, fields, 2 * RANK);
        fields[4 * RANK] = outputs;
        fields[4 * RANK + 1] = each;
        return new Reduction(fields, outputs, each);
    }

    private static int put(String op, Shape x, List<int[]> axes, int[] fields, int at) {
        if (axes.size() > RANK) {
            throw new ShapeException("%s: x %s alternates between kept and reduced axes %d times; cuda walks at most "
                    + "%d. Permute it first", op, x, axes.size(), RANK);
        }
        Arrays.fill(fields, at, at + RANK, 1);
        int product = 1;
        for (int i = 0; i < axes.size(); i++) {
            fields[at + RANK - axes.size() + i] = axes.get(i)[0];
            fields[at + 2 * RANK - axes.size() + i] = axes.get(i)[1];
            product *= axes.get(i)[0];
        }
        return product;
    }

    /// Threads that share one result: the power of two that gives each a few elements.
    int lanes() {
        return Math.min(MOST_LANES, Integer.highestOneBit(Math.max(1, each / 4)));
    }

    /// Blocks of `reduce`.
    int blocks() {
        return Math.min(4096, Math.ceilDiv(outputs, MOST_LANES / lanes()));
    }
}
