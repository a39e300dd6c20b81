package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// The points ±5/16, ±7/8, ±13/8 and infinity, for `F(3, 5)`.
final class Points7 extends Points {
    private static final float A = 0.3125f;
    private static final float B = 0.875f;
    private static final float C = 1.625f;
    private static final float A2 = A * A;
    private static final float B2 = B * B;
    private static final float C2 = C * C;

    Points7() {
        super(A, -A, B, -B, C, -C);
    }

    @Override
    void interpolate(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector minusA = FloatVector.broadcast(S, -A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector minusB = FloatVector.broadcast(S, -B);
        FloatVector c = FloatVector.broadcast(S, C);
        FloatVector minusC = FloatVector.broadcast(S, -C);
        FloatVector withoutA0 = FloatVector.broadcast(S, B2 * C2);
        FloatVector withoutA2 = FloatVector.broadcast(S, -(B2 + C2));
        FloatVector withoutB0 = FloatVector.broadcast(S, A2 * C2);
        FloatVector withoutB2 = FloatVector.broadcast(S, -(A2 + C2));
        FloatVector withoutC0 = FloatVector.broadcast(S, A2 * B2);
        FloatVector withoutC2 = FloatVector.broadcast(S, -(A2 + B2));
        FloatVector all0 = FloatVector.broadcast(S, -A2 * B2 * C2);
        FloatVector all2 = FloatVector.broadcast(S, A2 * B2 + A2 * C2 + B2 * C2);
        FloatVector all4 = FloatVector.broadcast(S, -(A2 + B2 + C2));
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            FloatVector x6 = FloatVector.fromArray(S, x, from + 6 * xStep);
            FloatVector even = x1.fma(withoutA0, x3.fma(withoutA2, x5));
            FloatVector odd = x0.fma(withoutA0, x2.fma(withoutA2, x4));
            odd.fma(a, even).intoArray(y, to);
            odd.fma(minusA, even).intoArray(y, to + yStep);
            even = x1.fma(withoutB0, x3.fma(withoutB2, x5));
            odd = x0.fma(withoutB0, x2.fma(withoutB2, x4));
            odd.fma(b, even).intoArray(y, to + 2 * yStep);
            odd.fma(minusB, even).intoArray(y, to + 3 * yStep);
            even = x1.fma(withoutC0, x3.fma(withoutC2, x5));
            odd = x0.fma(withoutC0, x2.fma(withoutC2, x4));
            odd.fma(c, even).intoArray(y, to + 4 * yStep);
            odd.fma(minusC, even).intoArray(y, to + 5 * yStep);
            x0.fma(all0, x2.fma(all2, x4.fma(all4, x6))).intoArray(y, to + 6 * yStep);
        }
    }

    @Override
    void evaluate(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> evaluate3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("7 points: no tiles of " + k);
        }
    }

    @Override
    void filter(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 5 -> filter5(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("7 points: no filters of " + k);
        }
    }

    @Override
    void gather(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        switch (k) {
            case 3 -> gather3(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            case 5 -> gather5(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
            default -> throw new IllegalStateException("7 points: no tiles of " + k);
        }
    }

    private static void evaluate3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector minusA = FloatVector.broadcast(S, -A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector minusB = FloatVector.broadcast(S, -B);
        FloatVector c = FloatVector.broadcast(S, C);
        FloatVector minusC = FloatVector.broadcast(S, -C);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        FloatVector c2 = FloatVector.broadcast(S, C2);
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
            even = x2.fma(c2, x0);
            x1.fma(c, even).intoArray(y, to + 4 * yStep);
            x1.fma(minusC, even).intoArray(y, to + 5 * yStep);
            x2.intoArray(y, to + 6 * yStep);
        }
    }

    private static void filter5(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a0 = FloatVector.broadcast(S, 1 / (2 * A * (A2 - B2) * (A2 - C2)));
        FloatVector a1 = FloatVector.broadcast(S, A / (2 * A * (A2 - B2) * (A2 - C2)));
        FloatVector a2 = FloatVector.broadcast(S, A2 / (2 * A * (A2 - B2) * (A2 - C2)));
        FloatVector a3 = FloatVector.broadcast(S, A2 * A / (2 * A * (A2 - B2) * (A2 - C2)));
        FloatVector a4 = FloatVector.broadcast(S, A2 * A2 / (2 * A * (A2 - B2) * (A2 - C2)));
        FloatVector b0 = FloatVector.broadcast(S, 1 / (2 * B * (B2 - A2) * (B2 - C2)));
        FloatVector b1 = FloatVector.broadcast(S, B / (2 * B * (B2 - A2) * (B2 - C2)));
        FloatVector b2 = FloatVector.broadcast(S, B2 / (2 * B * (B2 - A2) * (B2 - C2)));
        FloatVector b3 = FloatVector.broadcast(S, B2 * B / (2 * B * (B2 - A2) * (B2 - C2)));
        FloatVector b4 = FloatVector.broadcast(S, B2 * B2 / (2 * B * (B2 - A2) * (B2 - C2)));
        FloatVector c0 = FloatVector.broadcast(S, 1 / (2 * C * (C2 - A2) * (C2 - B2)));
        FloatVector c1 = FloatVector.broadcast(S, C / (2 * C * (C2 - A2) * (C2 - B2)));
        FloatVector c2 = FloatVector.broadcast(S, C2 / (2 * C * (C2 - A2) * (C2 - B2)));
        FloatVector c3 = FloatVector.broadcast(S, C2 * C / (2 * C * (C2 - A2) * (C2 - B2)));
        FloatVector c4 = FloatVector.broadcast(S, C2 * C2 / (2 * C * (C2 - A2) * (C2 - B2)));
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector even = x4.fma(a4, x2.fma(a2, x0.mul(a0)));
            FloatVector odd = x3.fma(a3, x1.mul(a1));
            even.add(odd).intoArray(y, to);
            odd.sub(even).intoArray(y, to + yStep);
            even = x4.fma(b4, x2.fma(b2, x0.mul(b0)));
            odd = x3.fma(b3, x1.mul(b1));
            even.add(odd).intoArray(y, to + 2 * yStep);
            odd.sub(even).intoArray(y, to + 3 * yStep);
            even = x4.fma(c4, x2.fma(c2, x0.mul(c0)));
            odd = x3.fma(c3, x1.mul(c1));
            even.add(odd).intoArray(y, to + 4 * yStep);
            odd.sub(even).intoArray(y, to + 5 * yStep);
            x4.intoArray(y, to + 6 * yStep);
        }
    }

    private static void gather3(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector c = FloatVector.broadcast(S, C);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        FloatVector c2 = FloatVector.broadcast(S, C2);
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            FloatVector x6 = FloatVector.fromArray(S, x, from + 6 * xStep);
            FloatVector sumA = x0.add(x1);
            FloatVector sumB = x2.add(x3);
            FloatVector sumC = x4.add(x5);
            FloatVector differenceA = x0.sub(x1);
            FloatVector differenceB = x2.sub(x3);
            FloatVector differenceC = x4.sub(x5);
            sumA.add(sumB).add(sumC).intoArray(y, to);
            differenceA.fma(a, differenceB.fma(b, differenceC.mul(c))).intoArray(y, to + yStep);
            sumA.fma(a2, sumB.fma(b2, sumC.fma(c2, x6))).intoArray(y, to + 2 * yStep);
        }
    }

    private static void gather5(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector c = FloatVector.broadcast(S, C);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        FloatVector c2 = FloatVector.broadcast(S, C2);
        FloatVector a3 = FloatVector.broadcast(S, A2 * A);
        FloatVector b3 = FloatVector.broadcast(S, B2 * B);
        FloatVector c3 = FloatVector.broadcast(S, C2 * C);
        FloatVector a4 = FloatVector.broadcast(S, A2 * A2);
        FloatVector b4 = FloatVector.broadcast(S, B2 * B2);
        FloatVector c4 = FloatVector.broadcast(S, C2 * C2);
        for (int i = 0; i < lines; i++) {
            int from = xo + i * xLine;
            int to = yo + i * yLine;
            FloatVector x0 = FloatVector.fromArray(S, x, from);
            FloatVector x1 = FloatVector.fromArray(S, x, from + xStep);
            FloatVector x2 = FloatVector.fromArray(S, x, from + 2 * xStep);
            FloatVector x3 = FloatVector.fromArray(S, x, from + 3 * xStep);
            FloatVector x4 = FloatVector.fromArray(S, x, from + 4 * xStep);
            FloatVector x5 = FloatVector.fromArray(S, x, from + 5 * xStep);
            FloatVector x6 = FloatVector.fromArray(S, x, from + 6 * xStep);
            FloatVector sumA = x0.add(x1);
            FloatVector sumB = x2.add(x3);
            FloatVector sumC = x4.add(x5);
            FloatVector differenceA = x0.sub(x1);
            FloatVector differenceB = x2.sub(x3);
            FloatVector differenceC = x4.sub(x5);
            sumA.add(sumB).add(sumC).intoArray(y, to);
            differenceA.fma(a, differenceB.fma(b, differenceC.mul(c))).intoArray(y, to + yStep);
            sumA.fma(a2, sumB.fma(b2, sumC.mul(c2))).intoArray(y, to + 2 * yStep);
            differenceA.fma(a3, differenceB.fma(b3, differenceC.mul(c3))).intoArray(y, to + 3 * yStep);
            sumA.fma(a4, sumB.fma(b4, sumC.fma(c4, x6))).intoArray(y, to + 4 * yStep);
        }
    }
}
