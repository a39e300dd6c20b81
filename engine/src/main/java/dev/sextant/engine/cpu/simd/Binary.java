package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.BinarySpec;

/// Functions of two numbers.
final class Binary {
    private Binary() {
    }

    /// One row, any strides.
    static void apply(BinarySpec.Kind kind, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo,
            int ys, int n) {
        if (as == 1 && bs == 1 && ys == 1) {
            switch (kind) {
                case ADD -> Loops.add(a, ao, b, bo, y, yo, n);
                case SUB -> Loops.sub(a, ao, b, bo, y, yo, n);
                case MUL -> Loops.mul(a, ao, b, bo, y, yo, n);
                case DIV -> Loops.div(a, ao, b, bo, y, yo, n);
                default -> each(kind, a, ao, 1, b, bo, 1, y, yo, 1, n);
            }
        } else if (as == 1 && bs == 0 && ys == 1 && kind == BinarySpec.Kind.MUL) {
            Loops.scale(b[bo], a, ao, y, yo, n);
        } else if (as == 1 && bs == 0 && ys == 1 && kind == BinarySpec.Kind.ADD) {
            Loops.affine(1f, b[bo], a, ao, y, yo, n);
        } else {
            each(kind, a, ao, as, b, bo, bs, y, yo, ys, n);
        }
    }

    private static void each(BinarySpec.Kind kind, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y,
            int yo, int ys, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i * ys] = value(kind, a[ao + i * as], b[bo + i * bs]);
        }
    }

    static float value(BinarySpec.Kind kind, float a, float b) {
        return switch (kind) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> (float) Math.pow(a, b);
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
        };
    }

    /// `(a, b, dy) → ∂/∂a` or `∂/∂b`.
    static Broadcast.Slope slope(BinarySpec.Kind kind, boolean left) {
        return switch (kind) {
            case ADD -> (a, b, dy) -> dy;
            case SUB -> left ? (a, b, dy) -> dy : (a, b, dy) -> -dy;
            case MUL -> left ? (a, b, dy) -> dy * b : (a, b, dy) -> dy * a;
            case DIV -> left ? (a, b, dy) -> dy / b : (a, b, dy) -> -dy * a / (b * b);
            case POW -> left ? (a, b, dy) -> b == 0 ? 0 : dy * b * Math.pow(a, b - 1)
                    : (a, b, dy) -> a == 0 && b >= 0 ? 0 : dy * Math.pow(a, b) * Math.log(a);
            case MAXIMUM -> left ? (a, b, dy) -> a > b ? dy : a == b ? dy / 2 : 0
                    : (a, b, dy) -> b > a ? dy : a == b ? dy / 2 : 0;
            case MINIMUM -> left ? (a, b, dy) -> a < b ? dy : a == b ? dy / 2 : 0
                    : (a, b, dy) -> b < a ? dy : a == b ? dy / 2 : 0;
        };
    }
}
