package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Loops of [BlockedPool] along a row: one vector of channels per pixel, no windows within.
final class VectorPool {
    private static final int LANES = BlockedView.LANES;

    private VectorPool() {
    }

    /// Whether a later value takes the place of the best so far: greater, or no number.
    private static VectorMask<Float> wins(FloatVector v, FloatVector best) {
        return v.compare(VectorOperators.GT, best).or(v.compare(VectorOperators.NE, v));
    }

    /// The best of three pixels, and which: 0 for the one at `a`, else its code. Fewer than three are given by
    /// repeating the last.
    static void bestOfRow(float[] x, int a, int b, float codeB, int c, float codeC, int stride, float[] best,
            float[] codes, int to, int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(S, x, a + i * stride);
            FloatVector next = FloatVector.fromArray(S, x, b + i * stride);
            VectorMask<Float> wins = wins(next, v);
            v = v.blend(next, wins);
            FloatVector code = FloatVector.zero(S).blend(codeB, wins);
            next = FloatVector.fromArray(S, x, c + i * stride);
            wins = wins(next, v);
            v.blend(next, wins).intoArray(best, to + i * LANES);
            code.blend(codeC, wins).intoArray(codes, to + i * LANES);
        }
    }

    /// One more pixel for every window of a row.
    static void oneMoreOfRow(float[] x, int at, float code, int stride, float[] best, float[] codes, int to,
            int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(S, best, to + i * LANES);
            FloatVector next = FloatVector.fromArray(S, x, at + i * stride);
            VectorMask<Float> wins = wins(next, v);
            v.blend(next, wins).intoArray(best, to + i * LANES);
            FloatVector.fromArray(S, codes, to + i * LANES).blend(code, wins).intoArray(codes, to + i * LANES);
        }
    }

    /// The best of three rows, of which the first may lie elsewhere than the others; to the codes of the others is
    /// added.
    static void bestOfRows(float[] first, int a, float[] firstCodes, int ca, float[] best, float[] codes, int b,
            float addB, int c, float addC, float[] y, int to, float[] winners, int wo, int pixels) {
        for (int i = 0; i < pixels * LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, first, a + i);
            FloatVector code = FloatVector.fromArray(S, firstCodes, ca + i);
            FloatVector next = FloatVector.fromArray(S, best, b + i);
            VectorMask<Float> wins = wins(next, v);
            v = v.blend(next, wins);
            code = code.blend(FloatVector.fromArray(S, codes, b + i).add(addB), wins);
            next = FloatVector.fromArray(S, best, c + i);
            wins = wins(next, v);
            v.blend(next, wins).intoArray(y, to + i);
            code.blend(FloatVector.fromArray(S, codes, c + i).add(addC), wins).intoArray(winners, wo + i);
        }
    }

    /// `dx += dy` where the winner has that code.
    static void route(float[] dy, int from, float[] winners, int wo, float code, float[] dx, int at, int stride,
            int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector d = FloatVector.fromArray(S, dx, at + i * stride);
            given(d, dy, from + i * LANES, winners, wo + i * LANES, code).intoArray(dx, at + i * stride);
        }
    }

    private static FloatVector given(FloatVector d, float[] dy, int from, float[] winners, int wo, float code) {
        return d.add(FloatVector.fromArray(S, dy, from),
                FloatVector.fromArray(S, winners, wo).compare(VectorOperators.EQ, code));
    }

    /// As [#route], from three output rows, each `row` after the other, with a code for each.
    static void routeThree(float[] dy, int from, float[] winners, int wo, int row, float code, float second,
            float third, float[] dx, int at, int stride, int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector d = FloatVector.fromArray(S, dx, at + i * stride);
            d = given(d, dy, from + i * LANES, winners, wo + i * LANES, code);
            d = given(d, dy, from + row + i * LANES, winners, wo + row + i * LANES, second);
            given(d, dy, from + 2 * row + i * LANES, winners, wo + 2 * row + i * LANES, third)
                    .intoArray(dx, at + i * stride);
        }
    }

    /// `y = x/divisor`.
    static void divide(float[] x, int from, float divisor, float[] y, int to, int pixels) {
        for (int i = 0; i < pixels * LANES; i += LANES) {
            FloatVector.fromArray(S, x, from + i).div(divisor).intoArray(y, to + i);
        }
    }

    /// `y = Σ x/divisor` over contiguous pixels.
    static void average(float[] x, int from, int pixels, float divisor, float[] y, int to) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 <= pixels; i += 2) {
            even = even.add(FloatVector.fromArray(S, x, from + i * LANES));
            odd = odd.add(FloatVector.fromArray(S, x, from + i * LANES + LANES));
        }
        if (i < pixels) {
            even = even.add(FloatVector.fromArray(S, x, from + i * LANES));
        }
        even.add(odd).div(divisor).intoArray(y, to);
    }
}
