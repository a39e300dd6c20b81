package dev.sextant.engine;

import dev.sextant.engine.error.ShapeException;
import java.util.Arrays;

/// The logical extents of an array, outermost first: activations are `[N, C, H, W]`. Rank 0 is a scalar; an extent
/// may be 0. Immutable.
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long size;

    private Shape(int[] dims) {
        this.dims = dims;
        long product = 1;
        for (int d : dims) {
            if (d < 0) {
                throw new ShapeException("shape %s: extents must be >= 0, but one is %d", Arrays.toString(dims), d);
            }
            product = times(product, d);
        }
        this.size = product;
    }

    /// The number of elements so far, or an error for an array that no memory could hold.
    private long times(long product, int extent) {
        if (extent > 0 && product > Long.MAX_VALUE / extent) {
            throw new ShapeException("shape %s: more than 2^63 elements; use smaller extents", Arrays.toString(dims));
        }
        return product * extent;
    }

    /// A shape with the given extents, outermost first.
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /// The shape of a single number, `[]`.
    public static Shape scalar() {
        return SCALAR;
    }

    /// Number of axes.
    public int rank() {
        return dims.length;
    }

    /// Extent of one axis; negative axes count from the end.
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /// Number of elements.
    public long size() {
        return size;
    }

    /// A copy of the extents.
    public int[] dims() {
        return dims.clone();
    }

    /// `axis` as a number in `0..rank-1`; negative axes count from the end.
    public int axis(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new ShapeException("axis %d is not an axis of %s: give %d..%d", axis, this, -dims.length,
                    dims.length - 1);
        }
        return a;
    }

    /// As [#axis(int)], for the operation `op`, which the error names.
    public int axis(String op, int axis) {
        if (axis < -dims.length || axis >= dims.length) {
            throw new ShapeException("%s: axis %d is not an axis of %s: %s", op, axis, this,
                    dims.length == 0 ? "a scalar has none; reshape it to [1] first"
                            : "give %d..%d".formatted(-dims.length, dims.length - 1));
        }
        return axis(axis);
    }

    /// This shape with one extent replaced.
    public Shape with(int axis, int extent) {
        int[] d = dims.clone();
        d[axis(axis)] = extent;
        return new Shape(d);
    }

    /// This shape without one axis.
    public Shape without(int axis) {
        int a = axis(axis);
        int[] d = new int[dims.length - 1];
        for (int i = 0, j = 0; i < dims.length; i++) {
            if (i != a) {
                d[j++] = dims[i];
            }
        }
        return new Shape(d);
    }

    /// Row-major strides, in elements.
    public int[] strides() {
        int[] s = new int[dims.length];
        int step = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            s[i] = step;
            step *= Math.max(1, dims[i]);
        }
        return s;
    }

    /// The common shape of two operands after broadcasting: aligned at the last axis, extents equal or 1.
    ///
    /// @throws ShapeException if some pair of extents differs and neither is 1
    public static Shape broadcast(String op, Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        int[] d = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException("%s: a %s and b %s do not broadcast: %d from the end they have %d and %d, "
                        + "which must be equal or 1", op, a, b, i, x, y);
            }
            d[rank - i] = x == 1 ? y : x;
        }
        return new Shape(d);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
