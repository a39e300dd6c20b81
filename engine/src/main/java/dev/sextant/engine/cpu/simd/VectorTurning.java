package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// Transposes as many rows and columns as a vector has lanes (Eklundh's method): step by step, numbers whose row and
/// column differ in one bit change places. Two steps need four vectors at a time; a single method that holds all sixteen is
/// too much for the client compiler, which gives up and may leave it slow for good.
final class VectorTurning {
    private static final int LANES = VectorSupport.LANES;
    private static final VectorShuffle<Float> SWAP1 = swap(1);
    private static final VectorShuffle<Float> SWAP2 = swap(2);
    private static final VectorShuffle<Float> SWAP4 = swap(4);
    private static final VectorShuffle<Float> SWAP8 = swap(8);
    private static final VectorMask<Float> UPPER1 = upper(1);
    private static final VectorMask<Float> UPPER2 = upper(2);
    private static final VectorMask<Float> UPPER4 = upper(4);
    private static final VectorMask<Float> UPPER8 = upper(8);

    private VectorTurning() {
    }

    private static VectorShuffle<Float> swap(int bit) {
        return VectorShuffle.fromOp(S, i -> (i ^ bit) % LANES);
    }

    private static VectorMask<Float> upper(int bit) {
        long lanes = 0;
        for (int i = 0; i < LANES; i++) {
            lanes |= (i & bit) == 0 ? 0 : 1L << i;
        }
        return VectorMask.fromLong(S, lanes);
    }

    /// `y[j·yStep + i] (+)= x[i·xStep + j]` for `i < rows` and `j < columns`, at most as many as a vector has lanes.
    ///
    /// @param between room for a square of numbers
    static void run(int rows, int columns, float[] x, int xo, int xStep, float[] between, float[] y, int yo, int yStep,
            boolean add) {
        near(rows, columns, x, xo, xStep, between);
        if (LANES == 16) {
            far(rows, columns, between, y, yo, yStep, add);
        } else {
            pairs(rows, columns, between, y, yo, yStep, add);
        }
    }

    /// The steps of 1 and 2. Rows that are not there repeat the last.
    private static void near(int rows, int columns, float[] x, int xo, int xStep, float[] to) {
        VectorMask<Float> in = S.indexInRange(0, columns);
        int last = rows - 1;
        for (int i = 0; i < LANES; i += 4) {
            FloatVector x0 = FloatVector.fromArray(S, x, xo + Math.min(i, last) * xStep, in);
            FloatVector x1 = FloatVector.fromArray(S, x, xo + Math.min(i + 1, last) * xStep, in);
            FloatVector x2 = FloatVector.fromArray(S, x, xo + Math.min(i + 2, last) * xStep, in);
            FloatVector x3 = FloatVector.fromArray(S, x, xo + Math.min(i + 3, last) * xStep, in);
            FloatVector a0 = x0.blend(x1.rearrange(SWAP1), UPPER1);
            FloatVector a1 = x0.rearrange(SWAP1).blend(x1, UPPER1);
            FloatVector a2 = x2.blend(x3.rearrange(SWAP1), UPPER1);
            FloatVector a3 = x2.rearrange(SWAP1).blend(x3, UPPER1);
            int at = i * LANES;
            a0.blend(a2.rearrange(SWAP2), UPPER2).intoArray(to, at);
            a1.blend(a3.rearrange(SWAP2), UPPER2).intoArray(to, at + LANES);
            a0.rearrange(SWAP2).blend(a2, UPPER2).intoArray(to, at + 2 * LANES);
            a1.rearrange(SWAP2).blend(a3, UPPER2).intoArray(to, at + 3 * LANES);
        }
    }

    /// The steps of 4 and 8, for 16 lanes.
    private static void far(int rows, int columns, float[] x, float[] y, int yo, int yStep, boolean add) {
        VectorMask<Float> out = S.indexInRange(0, rows);
        int last = columns - 1;
        for (int i = 0; i < Math.min(4, columns); i++) {
            int at = i * LANES;
            FloatVector x0 = FloatVector.fromArray(S, x, at);
            FloatVector x1 = FloatVector.fromArray(S, x, at + 4 * LANES);
            FloatVector x2 = FloatVector.fromArray(S, x, at + 8 * LANES);
            FloatVector x3 = FloatVector.fromArray(S, x, at + 12 * LANES);
            FloatVector a0 = x0.blend(x1.rearrange(SWAP4), UPPER4);
            FloatVector a1 = x0.rearrange(SWAP4).blend(x1, UPPER4);
            FloatVector a2 = x2.blend(x3.rearrange(SWAP4), UPPER4);
            FloatVector a3 = x2.rearrange(SWAP4).blend(x3, UPPER4);
            int to = yo + i * yStep;
            x0 = a0.blend(a2.rearrange(SWAP8), UPPER8);
            x1 = a1.blend(a3.rearrange(SWAP8), UPPER8);
            x2 = a0.rearrange(SWAP8).blend(a2, UPPER8);
            x3 = a1.rearrange(SWAP8).blend(a3, UPPER8);
            if (add) {
                x0 = x0.add(FloatVector.fromArray(S, y, to, out));
                x1 = x1.add(FloatVector.fromArray(S, y, yo + Math.min(i + 4, last) * yStep, out));
                x2 = x2.add(FloatVector.fromArray(S, y, yo + Math.min(i + 8, last) * yStep, out));
                x3 = x3.add(FloatVector.fromArray(S, y, yo + Math.min(i + 12, last) * yStep, out));
            }
            x0.intoArray(y, to, out);
            if (i + 4 < columns) {
                x1.intoArray(y, to + 4 * yStep, out);
            }
            if (i + 8 < columns) {
                x2.intoArray(y, to + 8 * yStep, out);
            }
            if (i + 12 < columns) {
                x3.intoArray(y, to + 12 * yStep, out);
            }
        }
    }

    /// The step of 4, for 8 lanes.
    private static void pairs(int rows, int columns, float[] x, float[] y, int yo, int yStep, boolean add) {
        VectorMask<Float> out = S.indexInRange(0, rows);
        int last = columns - 1;
        for (int i = 0; i < Math.min(4, columns); i++) {
            FloatVector x0 = FloatVector.fromArray(S, x, i * LANES);
            FloatVector x1 = FloatVector.fromArray(S, x, (i + 4) * LANES);
            int to = yo + i * yStep;
            FloatVector a0 = x0.blend(x1.rearrange(SWAP4), UPPER4);
            FloatVector a1 = x0.rearrange(SWAP4).blend(x1, UPPER4);
            if (add) {
                a0 = a0.add(FloatVector.fromArray(S, y, to, out));
                a1 = a1.add(FloatVector.fromArray(S, y, yo + Math.min(i + 4, last) * yStep, out));
            }
            a0.intoArray(y, to, out);
            if (i + 4 < columns) {
                a1.intoArray(y, to + 4 * yStep, out);
            }
        }
    }
}
