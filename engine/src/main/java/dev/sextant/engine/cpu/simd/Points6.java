package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// The points 0, ±21/32, ±3/2 and infinity, for `F(4, 3)`.
final class Points6 extends Points {
    private static final float A = 0.65625f;
    private static final float B = 1.5f;
    private static final float A2 = A * A;
    private static final float B2 = B * B;

    Points6() {
        super(0, A, -A, B, -B);
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
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            x0.fma(all0, x2.fma(all2, x4)).intoArray(y, to);
            FloatVector even = x2.fma(withoutA0, x4);
            FloatVector odd = x1.fma(withoutA0, x3);
            odd.fma(a, even).intoArray(y, to + yStep);
            odd.fma(minusA, even).intoArray(y, to + 2 * yStep);
            even = x2.fma(withoutB0, x4);
            odd = x1.fma(withoutB0, x3);
            odd.fma(b, even).intoArray(y, to + 3 * yStep);
            odd.fma(minusB, even).intoArray(y, to + 4 * yStep);
            x1.fma(all0, x3.fma(all2, x5)).intoArray(y, to + 5 * yStep);
        }
    }

    @Override
    void evaluate(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 4 -> evaluate4(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("6 points: no tiles of " + k);
        }
    }

    @Override
    void filter(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> filter3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("6 points: no filters of " + k);
        }
    }

    @Override
    void gather(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> gather3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            case 4 -> gather4(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("6 points: no tiles of " + k);
        }
    }

    private static void evaluate4(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
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
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            x0.intoArray(y, to);
            FloatVector even = x2.fma(a2, x0);
            FloatVector odd = x3.fma(a2, x1);
            odd.fma(a, even).intoArray(y, to + yStep);
            odd.fma(minusA, even).intoArray(y, to + 2 * yStep);
            even = x2.fma(b2, x0);
            odd = x3.fma(b2, x1);
            odd.fma(b, even).intoArray(y, to + 3 * yStep);
            odd.fma(minusB, even).intoArray(y, to + 4 * yStep);
            x3.intoArray(y, to + 5 * yStep);
        }
    }

    private static void filter3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector zero = FloatVector.broadcast(S, 1 / (A2 * B2));
        FloatVector a0 = FloatVector.broadcast(S, 1 / (2 * A2 * (A2 - B2)));
        FloatVector a1 = FloatVector.broadcast(S, A / (2 * A2 * (A2 - B2)));
        FloatVector a2 = FloatVector.broadcast(S, A2 / (2 * A2 * (A2 - B2)));
        FloatVector b0 = FloatVector.broadcast(S, 1 / (2 * B2 * (B2 - A2)));
        FloatVector b1 = FloatVector.broadcast(S, B / (2 * B2 * (B2 - A2)));
        FloatVector b2 = FloatVector.broadcast(S, B2 / (2 * B2 * (B2 - A2)));
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            x0.mul(zero).intoArray(y, to);
            FloatVector even = x2.fma(a2, x0.mul(a0));
            FloatVector odd = x1.mul(a1);
            even.add(odd).intoArray(y, to + yStep);
            even.sub(odd).intoArray(y, to + 2 * yStep);
            even = x2.fma(b2, x0.mul(b0));
            odd = x1.mul(b1);
            even.add(odd).intoArray(y, to + 3 * yStep);
            even.sub(odd).intoArray(y, to + 4 * yStep);
            x2.intoArray(y, to + 5 * yStep);
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
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            FloatVector sumA = x1.add(x2);
            FloatVector sumB = x3.add(x4);
            FloatVector differenceA = x1.sub(x2);
            FloatVector differenceB = x3.sub(x4);
            x0.add(sumA).add(sumB).intoArray(y, to);
            differenceA.fma(a, differenceB.mul(b)).intoArray(y, to + yStep);
            sumA.fma(a2, sumB.fma(b2, x5)).intoArray(y, to + 2 * yStep);
        }
    }

    private static void gather4(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        FloatVector a3 = FloatVector.broadcast(S, A2 * A);
        FloatVector b3 = FloatVector.broadcast(S, B2 * B);
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            FloatVector sumA = x1.add(x2);
            FloatVector sumB = x3.add(x4);
            FloatVector differenceA = x1.sub(x2);
            FloatVector differenceB = x3.sub(x4);
            x0.add(sumA).add(sumB).intoArray(y, to);
            differenceA.fma(a, differenceB.mul(b)).intoArray(y, to + yStep);
            sumA.fma(a2, sumB.mul(b2)).intoArray(y, to + 2 * yStep);
            differenceA.fma(a3, differenceB.fma(b3, x5)).intoArray(y, to + 3 * yStep);
        }
    }
}
