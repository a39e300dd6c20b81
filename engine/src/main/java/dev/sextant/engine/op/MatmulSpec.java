package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// A matrix product over the last two axes, leading axes broadcast.
///
/// @param transposeA whether `a` is stored `[…, K, M]`
/// @param transposeB whether `b` is stored `[…, N, K]`
public record MatmulSpec(boolean transposeA, boolean transposeB) implements OpSpec {
    /// `a·b` as they are.
    public static final MatmulSpec PLAIN = new MatmulSpec(false, false);

    /// `[…, M, N]`.
    public Shape outputShape(Shape a, Shape b) {
        if (a.rank() < 2 || b.rank() < 2) {
            throw new ShapeException("matmul: a %s and b %s need at least two axes each", a, b);
        }
        int m = a.dim(transposeA ? -1 : -2);
        int ka = a.dim(transposeA ? -2 : -1);
        int kb = b.dim(transposeB ? -1 : -2);
        int n = b.dim(transposeB ? -2 : -1);
        if (ka != kb) {
            throw new ShapeException("matmul: a %s%s has inner extent %d, but b %s%s has %d; they must be equal", a,
                    transposeA ? "ᵀ" : "", ka, b, transposeB ? "ᵀ" : "", kb);
        }
        Shape batch = batch(a, b);
        int[] dims = java.util.Arrays.copyOf(batch.dims(), batch.rank() + 2);
        dims[batch.rank()] = m;
        dims[batch.rank() + 1] = n;
        return Shape.of(dims);
    }

    private static Shape batch(Shape a, Shape b) {
        try {
            return Shape.broadcast("leading axes", leading(a), leading(b));
        } catch (ShapeException e) {
            throw new ShapeException(e, "matmul: a %s and b %s differ before their last two axes: %s", a, b,
                    e.getMessage());
        }
    }

    private static Shape leading(Shape s) {
        return s.without(-1).without(-1);
    }

    @Override
    public String opName() {
        return "matmul";
    }
}
