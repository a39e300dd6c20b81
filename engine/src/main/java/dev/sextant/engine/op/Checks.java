package dev.sextant.engine.op;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.ShapeException;

/// The checks that specs share. Every message names the operation, the tensor and the numbers.
public final class Checks {
    private Checks() {
    }

    /// The tensor must have `rank` axes.
    public static void rank(String op, String name, Shape shape, int rank, String form) {
        if (shape.rank() != rank) {
            throw new ShapeException("%s: %s must be %s (%d axes), but is %s (%d axes)", op, name, form, rank, shape,
                    shape.rank());
        }
    }

    /// The tensor must have exactly this shape.
    public static void same(String op, String name, Shape shape, Shape wanted, String why) {
        if (!shape.equals(wanted)) {
            throw new ShapeException("%s: %s must be %s (%s), but is %s", op, name, wanted, why, shape);
        }
    }

    /// The planes of `[N, C, H, W]` must not be empty: there is nothing to take their elements from.
    static void pixels(String op, Shape x) {
        if (x.dim(2) == 0 || x.dim(3) == 0) {
            throw new ShapeException("%s: x %s has planes without pixels, H=%d and W=%d; both must be >= 1", op, x,
                    x.dim(2), x.dim(3));
        }
    }

    /// The attribute must be at least `least` on both axes.
    public static void atLeast(String op, String name, Pair value, int least) {
        if (value.h() < least || value.w() < least) {
            throw new ShapeException("%s: %s must be >= %d, but is (%d, %d)", op, name, least, value.h(), value.w());
        }
    }

    /// The attribute must be at least `least`.
    public static void atLeast(String op, String name, int value, int least) {
        if (value < least) {
            throw new ShapeException("%s: %s must be >= %d, but is %d", op, name, least, value);
        }
    }

    /// All arrays must have the element type of the first, which must be floating.
    public static void floating(String op, NDArray first, NDArray... rest) {
        if (!first.dtype().isFloating()) {
            throw new DTypeException("%s: needs a floating array, but got %s; use x.cast(DType.FLOAT32)", op, first);
        }
        for (NDArray a : rest) {
            if (a != null && a.dtype() != first.dtype()) {
                throw new DTypeException("%s: element types differ, %s and %s; use x.cast(…)", op, first, a);
            }
        }
    }

    /// The array must hold int32.
    public static void integers(String op, String name, NDArray array) {
        if (array.dtype() != DType.INT32) {
            throw new DTypeException("%s: %s must be int32, but is %s", op, name, array);
        }
    }

    /// Output extent of a sliding window.
    static int window(String op, String axis, int in, int kernel, int stride, int pad, int dilation, boolean ceil) {
        // In long: attributes near 2^31 must not wrap around into a shape that looks right.
        long free = in + 2L * pad - dilation * (kernel - 1L) - 1;
        // Rounding up, a window may reach beyond the image by less than its stride.
        if (free + (ceil ? stride - 1 : 0) < 0) {
            throw new ShapeException("%s: the kernel does not fit: %s=%d, pad %d, kernel %d, dilation %d need "
                    + "%s + 2·pad - dilation·(kernel-1) - 1 = %d >= 0; use a larger input or padding, or a smaller "
                    + "kernel", op, axis, in, pad, kernel, dilation, axis, free);
        }
        long out = (ceil ? (free + stride - 1) / stride : free / stride) + 1;
        // In ceil mode a window that would start beyond the input and its left padding is dropped.
        out = ceil && (out - 1) * stride >= (long) in + pad ? out - 1 : out;
        if (out > Integer.MAX_VALUE) {
            throw new ShapeException(
                    "%s: %s=%d with pad %d, kernel %d, stride %d gives an extent of %d, over 2^31; use "
                            + "less padding",
                    op, axis, in, pad, kernel, stride, out);
        }
        return (int) out;
    }
}
