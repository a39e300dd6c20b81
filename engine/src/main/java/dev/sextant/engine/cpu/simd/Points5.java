package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// The points ±1/2, ±5/4 and infinity, for `F(3, 3)`.
final class Points5 extends Points {
    private static final float A = 0.5f;
    private static final float B = 1.25f;
    private static final float A2 = A * A;
    private static final float B2 = B * B;

    Points5() {
        super(A, -A, B, -B);
    }

    @Override
    void interpolate(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector minusA = FloatVector.broadcast(S, -A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector minusB = FloatVector.broadcast(S, -B);
        FloatVector withoutA0 = FloatVector.broadcast(S, -B2);
        FloatVector withoutB0 = FloatVector.broadcast(S, -A2);
        FloatVector all0 = FloatVector.broadcast(S, A2 * B2);
        FloatVector all2 = FloatVector.broadcast(S, -(A2 + B2));
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector even = x1.fma(withoutA0, x3);
            FloatVector odd = x0.fma(withoutA0, x2);
            odd.fma(a, even).intoArray(y, to);
            odd.fma(minusA, even).intoArray(y, to + yStep);
            even = x1.fma(withoutB0, x3);
            odd = x0.fma(withoutB0, x2);
            odd.fma(b, even).intoArray(y, to + 2 * yStep);
            odd.fma(minusB, even).intoArray(y, to + 3 * yStep);
            x0.fma(all0, x2.fma(all2, x4)).intoArray(y, to + 4 * yStep);
        }
    }

    @Override
    void evaluate(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> evaluate3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("5 points: no tiles of " + k);
        }
    }

    @Override
    void filter(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> filter3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("5 points: no filters of " + k);
        }
    }

    @Override
    void gather(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> gather3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("5 points: no tiles of " + k);
        }
    }

    private static void evaluate3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector minusA = FloatVector.broadcast(S, -A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector minusB = FloatVector.broadcast(S, -B);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector even = x2.fma(a2, x0);
            x1.fma(a, even).intoArray(y, to);
            x1.fma(minusA, even).intoArray(y, to + yStep);
            even = x2.fma(b2, x0);
            x1.fma(b, even).intoArray(y, to + 2 * yStep);
            x1.fma(minusB, even).intoArray(y, to + 3 * yStep);
            x2.intoArray(y, to + 4 * yStep);
        }
    }

    private static void filter3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a0 = FloatVector.broadcast(S, 1 / (2 * A * (A2 - B2)));
        FloatVector a1 = FloatVector.broadcast(S, A / (2 * A * (A2 - B2)));
        FloatVector a2 = FloatVector.broadcast(S, A2 / (2 * A * (A2 - B2)));
        FloatVector b0 = FloatVector.broadcast(S, 1 / (2 * B * (B2 - A2)));
        FloatVector b1 = FloatVector.broadcast(S, B / (2 * B * (B2 - A2)));
        FloatVector b2 = FloatVector.broadcast(S, B2 / (2 * B * (B2 - A2)));
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector even = x2.fma(a2, x0.mul(a0));
            FloatVector odd = x1.mul(a1);
            even.add(odd).intoArray(y, to);
            odd.sub(even).intoArray(y, to + yStep);
            even = x2.fma(b2, x0.mul(b0));
            odd = x1.mul(b1);
            even.add(odd).intoArray(y, to + 2 * yStep);
            odd.sub(even).intoArray(y, to + 3 * yStep);
            x2.intoArray(y, to + 4 * yStep);
        }
    }

    private static void gather3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector sumA = x0.add(x1);
            FloatVector sumB = x2.add(x3);
            FloatVector differenceA = x0.sub(x1);
            FloatVector differenceB = x2.sub(x3);
            sumA.add(sumB).intoArray(y, to);
            differenceA.fma(a, differenceB.mul(b)).intoArray(y, to + yStep);
            sumA.fma(a2, sumB.fma(b2, x4)).intoArray(y, to + 2 * yStep);
        }
    }
}
