package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// Loops of [BlockedPool] along a row: one vector of channels per pixel, no windows within. A later value takes the place of
/// the best so far if it is greater, or no number. That is written out everywhere: a helper that takes vectors is not always
/// inlined when a loop is compiled a second time, and then every vector becomes an object for good.
final class VectorPool {
    private static final int LANES = BlockedView.LANES;

    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % LANES);
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, i -> 2 * i % LANES + 1);
    private static final VectorMask<Float> RIGHT_HALF = VectorMask.fromLong(S, -1L << LANES / 2);

    private VectorPool() {
    }

    /// The best of three pixels, and which: 0 for the one at `a`, else its code. Fewer than three are given by
    /// repeating the last.
    static void bestOfRow(float[] x, int a, int b, float codeB, int c, float codeC, int stride, float[] best,
            float[] codes, int to, int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(S, x, a + i * stride);
            FloatVector next = FloatVector.fromArray(S, x, b + i * stride);
            VectorMask<Float> wins = next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next));
            v = v.blend(next, wins);
            FloatVector code = FloatVector.zero(S).blend(codeB, wins);
            next = FloatVector.fromArray(S, x, c + i * stride);
            wins = next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next));
            v.blend(next, wins).intoArray(best, to + i * LANES);
            code.blend(codeC, wins).intoArray(codes, to + i * LANES);
        }
    }

    /// The best of three pixels, of which the first may lie elsewhere than the others. Fewer are given by repeating one.
    static void maxOfThree(float[] first, int a, int strideA, float[] x, int b, int c, int stride, float[] best, int to,
            int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(S, first, a + i * strideA);
            FloatVector next = FloatVector.fromArray(S, x, b + i * stride);
            v = v.blend(next, next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next)));
            next = FloatVector.fromArray(S, x, c + i * stride);
            v.blend(next, next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next)))
                    .intoArray(best, to + i * LANES);
        }
    }

    /// One more pixel for every window of a row.
    static void oneMoreOfRow(float[] x, int at, float code, int stride, float[] best, float[] codes, int to,
            int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(S, best, to + i * LANES);
            FloatVector next = FloatVector.fromArray(S, x, at + i * stride);
            VectorMask<Float> wins = next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next));
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
            VectorMask<Float> wins = next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next));
            v = v.blend(next, wins);
            code = code.blend(FloatVector.fromArray(S, codes, b + i).add(addB), wins);
            next = FloatVector.fromArray(S, best, c + i);
            wins = next.compare(VectorOperators.GT, v).or(next.compare(VectorOperators.NE, next));
            v.blend(next, wins).intoArray(y, to + i);
            code.blend(FloatVector.fromArray(S, codes, c + i).add(addC), wins).intoArray(winners, wo + i);
        }
    }

    /// `dx += dy` where the winner has that code.
    static void route(float[] dy, int from, float[] winners, int wo, float code, float[] dx, int at, int stride,
            int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector d = FloatVector.fromArray(S, dx, at + i * stride);
            d.add(FloatVector.fromArray(S, dy, from + i * LANES),
                    FloatVector.fromArray(S, winners, wo + i * LANES).compare(VectorOperators.EQ, code))
                    .intoArray(dx, at + i * stride);
        }
    }

    /// As [#route], from three output rows, each `row` after the other, with a code for each.
    static void routeThree(float[] dy, int from, float[] winners, int wo, int row, float code, float second,
            float third, float[] dx, int at, int stride, int pixels) {
        for (int i = 0; i < pixels; i++) {
            FloatVector d = FloatVector.fromArray(S, dx, at + i * stride);
            d = d.add(FloatVector.fromArray(S, dy, from + i * LANES),
                    FloatVector.fromArray(S, winners, wo + i * LANES).compare(VectorOperators.EQ, code));
            d = d.add(FloatVector.fromArray(S, dy, from + row + i * LANES),
                    FloatVector.fromArray(S, winners, wo + row + i * LANES).compare(VectorOperators.EQ, second));
            d.add(FloatVector.fromArray(S, dy, from + 2 * row + i * LANES),
                    FloatVector.fromArray(S, winners, wo + 2 * row + i * LANES).compare(VectorOperators.EQ, third))
                    .intoArray(dx, at + i * stride);
        }
    }

    /// The means of two neighbours each of two rows.
    static void averageOfFour(float[] x, int upper, int lower, float[] y, int to, int columns) {
        for (int q = 0; q < columns; q += LANES) {
            VectorMask<Float> left = S.indexInRange(2 * q, 2 * columns);
            VectorMask<Float> right = S.indexInRange(2 * q + LANES, 2 * columns);
            FloatVector a = FloatVector.fromArray(S, x, upper + 2 * q, left)
                    .add(FloatVector.fromArray(S, x, lower + 2 * q, left));
            FloatVector b = FloatVector.fromArray(S, x, upper + 2 * q + LANES, right)
                    .add(FloatVector.fromArray(S, x, lower + 2 * q + LANES, right));
            FloatVector even = a.rearrange(EVEN).blend(b.rearrange(EVEN), RIGHT_HALF);
            FloatVector odd = a.rearrange(ODD).blend(b.rearrange(ODD), RIGHT_HALF);
            even.add(odd).mul(0.25f).intoArray(y, to + q, S.indexInRange(q, columns));
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
