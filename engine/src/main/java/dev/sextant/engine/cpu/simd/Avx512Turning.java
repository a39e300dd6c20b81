package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes 16 by 16 numbers in registers (Eklundh's method).
final class Avx512Turning {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(S, i -> i ^ 1);
    private static final VectorMask<Float> UPPER1 = VectorMask.fromLong(S, 0xaaaa);
    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorMask<Float> UPPER2 = VectorMask.fromLong(S, 0xcccc);
    private static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(S, i -> i ^ 4);
    private static final VectorMask<Float> UPPER4 = VectorMask.fromLong(S, 0xf0f0);
    private static final VectorShuffle<Float> SWAP8 = VectorShuffle.fromOp(S, i -> i ^ 8);
    private static final VectorMask<Float> UPPER8 = VectorMask.fromLong(S, 0xff00);

    private Avx512Turning() {
    }

    /// `y[j·yStep + i] (+)= x[i·xStep + j]` for `i < rows` and `j < columns`, at most 16 of each.
    static void run(int rows, int columns, float[] x, int xo, int xStep, float[] y, int yo, int yStep, boolean add) {
        VectorMask<Float> in = S.indexInRange(0, columns);
        VectorMask<Float> out = S.indexInRange(0, rows);
        int last = rows - 1;
        FloatVector v0 = FloatVector.fromArray(S, x, xo, in);
        FloatVector v1 = FloatVector.fromArray(S, x, xo + Math.min(1, last) * xStep, in);
        FloatVector v2 = FloatVector.fromArray(S, x, xo + Math.min(2, last) * xStep, in);
        FloatVector v3 = FloatVector.fromArray(S, x, xo + Math.min(3, last) * xStep, in);
        FloatVector v4 = FloatVector.fromArray(S, x, xo + Math.min(4, last) * xStep, in);
        FloatVector v5 = FloatVector.fromArray(S, x, xo + Math.min(5, last) * xStep, in);
        FloatVector v6 = FloatVector.fromArray(S, x, xo + Math.min(6, last) * xStep, in);
        FloatVector v7 = FloatVector.fromArray(S, x, xo + Math.min(7, last) * xStep, in);
        FloatVector v8 = FloatVector.fromArray(S, x, xo + Math.min(8, last) * xStep, in);
        FloatVector v9 = FloatVector.fromArray(S, x, xo + Math.min(9, last) * xStep, in);
        FloatVector v10 = FloatVector.fromArray(S, x, xo + Math.min(10, last) * xStep, in);
        FloatVector v11 = FloatVector.fromArray(S, x, xo + Math.min(11, last) * xStep, in);
        FloatVector v12 = FloatVector.fromArray(S, x, xo + Math.min(12, last) * xStep, in);
        FloatVector v13 = FloatVector.fromArray(S, x, xo + Math.min(13, last) * xStep, in);
        FloatVector v14 = FloatVector.fromArray(S, x, xo + Math.min(14, last) * xStep, in);
        FloatVector v15 = FloatVector.fromArray(S, x, xo + Math.min(15, last) * xStep, in);
        FloatVector swapped;
        swapped = v0.rearrange(SWAP1);
        v0 = v0.blend(v1.rearrange(SWAP1), UPPER1);
        v1 = swapped.blend(v1, UPPER1);
        swapped = v2.rearrange(SWAP1);
        v2 = v2.blend(v3.rearrange(SWAP1), UPPER1);
        v3 = swapped.blend(v3, UPPER1);
        swapped = v4.rearrange(SWAP1);
        v4 = v4.blend(v5.rearrange(SWAP1), UPPER1);
        v5 = swapped.blend(v5, UPPER1);
        swapped = v6.rearrange(SWAP1);
        v6 = v6.blend(v7.rearrange(SWAP1), UPPER1);
        v7 = swapped.blend(v7, UPPER1);
        swapped = v8.rearrange(SWAP1);
        v8 = v8.blend(v9.rearrange(SWAP1), UPPER1);
        v9 = swapped.blend(v9, UPPER1);
        swapped = v10.rearrange(SWAP1);
        v10 = v10.blend(v11.rearrange(SWAP1), UPPER1);
        v11 = swapped.blend(v11, UPPER1);
        swapped = v12.rearrange(SWAP1);
        v12 = v12.blend(v13.rearrange(SWAP1), UPPER1);
        v13 = swapped.blend(v13, UPPER1);
        swapped = v14.rearrange(SWAP1);
        v14 = v14.blend(v15.rearrange(SWAP1), UPPER1);
        v15 = swapped.blend(v15, UPPER1);
        swapped = v0.rearrange(SWAP2);
        v0 = v0.blend(v2.rearrange(SWAP2), UPPER2);
        v2 = swapped.blend(v2, UPPER2);
        swapped = v1.rearrange(SWAP2);
        v1 = v1.blend(v3.rearrange(SWAP2), UPPER2);
        v3 = swapped.blend(v3, UPPER2);
        swapped = v4.rearrange(SWAP2);
        v4 = v4.blend(v6.rearrange(SWAP2), UPPER2);
        v6 = swapped.blend(v6, UPPER2);
        swapped = v5.rearrange(SWAP2);
        v5 = v5.blend(v7.rearrange(SWAP2), UPPER2);
        v7 = swapped.blend(v7, UPPER2);
        swapped = v8.rearrange(SWAP2);
        v8 = v8.blend(v10.rearrange(SWAP2), UPPER2);
        v10 = swapped.blend(v10, UPPER2);
        swapped = v9.rearrange(SWAP2);
        v9 = v9.blend(v11.rearrange(SWAP2), UPPER2);
        v11 = swapped.blend(v11, UPPER2);
        swapped = v12.rearrange(SWAP2);
        v12 = v12.blend(v14.rearrange(SWAP2), UPPER2);
        v14 = swapped.blend(v14, UPPER2);
        swapped = v13.rearrange(SWAP2);
        v13 = v13.blend(v15.rearrange(SWAP2), UPPER2);
        v15 = swapped.blend(v15, UPPER2);
        swapped = v0.rearrange(SWAP4);
        v0 = v0.blend(v4.rearrange(SWAP4), UPPER4);
        v4 = swapped.blend(v4, UPPER4);
        swapped = v1.rearrange(SWAP4);
        v1 = v1.blend(v5.rearrange(SWAP4), UPPER4);
        v5 = swapped.blend(v5, UPPER4);
        swapped = v2.rearrange(SWAP4);
        v2 = v2.blend(v6.rearrange(SWAP4), UPPER4);
        v6 = swapped.blend(v6, UPPER4);
        swapped = v3.rearrange(SWAP4);
        v3 = v3.blend(v7.rearrange(SWAP4), UPPER4);
        v7 = swapped.blend(v7, UPPER4);
        swapped = v8.rearrange(SWAP4);
        v8 = v8.blend(v12.rearrange(SWAP4), UPPER4);
        v12 = swapped.blend(v12, UPPER4);
        swapped = v9.rearrange(SWAP4);
        v9 = v9.blend(v13.rearrange(SWAP4), UPPER4);
        v13 = swapped.blend(v13, UPPER4);
        swapped = v10.rearrange(SWAP4);
        v10 = v10.blend(v14.rearrange(SWAP4), UPPER4);
        v14 = swapped.blend(v14, UPPER4);
        swapped = v11.rearrange(SWAP4);
        v11 = v11.blend(v15.rearrange(SWAP4), UPPER4);
        v15 = swapped.blend(v15, UPPER4);
        swapped = v0.rearrange(SWAP8);
        v0 = v0.blend(v8.rearrange(SWAP8), UPPER8);
        v8 = swapped.blend(v8, UPPER8);
        swapped = v1.rearrange(SWAP8);
        v1 = v1.blend(v9.rearrange(SWAP8), UPPER8);
        v9 = swapped.blend(v9, UPPER8);
        swapped = v2.rearrange(SWAP8);
        v2 = v2.blend(v10.rearrange(SWAP8), UPPER8);
        v10 = swapped.blend(v10, UPPER8);
        swapped = v3.rearrange(SWAP8);
        v3 = v3.blend(v11.rearrange(SWAP8), UPPER8);
        v11 = swapped.blend(v11, UPPER8);
        swapped = v4.rearrange(SWAP8);
        v4 = v4.blend(v12.rearrange(SWAP8), UPPER8);
        v12 = swapped.blend(v12, UPPER8);
        swapped = v5.rearrange(SWAP8);
        v5 = v5.blend(v13.rearrange(SWAP8), UPPER8);
        v13 = swapped.blend(v13, UPPER8);
        swapped = v6.rearrange(SWAP8);
        v6 = v6.blend(v14.rearrange(SWAP8), UPPER8);
        v14 = swapped.blend(v14, UPPER8);
        swapped = v7.rearrange(SWAP8);
        v7 = v7.blend(v15.rearrange(SWAP8), UPPER8);
        v15 = swapped.blend(v15, UPPER8);
        if (add) {
            v0 = v0.add(FloatVector.fromArray(S, y, yo + Math.min(0, columns - 1) * yStep, out));
            v1 = v1.add(FloatVector.fromArray(S, y, yo + Math.min(1, columns - 1) * yStep, out));
            v2 = v2.add(FloatVector.fromArray(S, y, yo + Math.min(2, columns - 1) * yStep, out));
            v3 = v3.add(FloatVector.fromArray(S, y, yo + Math.min(3, columns - 1) * yStep, out));
            v4 = v4.add(FloatVector.fromArray(S, y, yo + Math.min(4, columns - 1) * yStep, out));
            v5 = v5.add(FloatVector.fromArray(S, y, yo + Math.min(5, columns - 1) * yStep, out));
            v6 = v6.add(FloatVector.fromArray(S, y, yo + Math.min(6, columns - 1) * yStep, out));
            v7 = v7.add(FloatVector.fromArray(S, y, yo + Math.min(7, columns - 1) * yStep, out));
            v8 = v8.add(FloatVector.fromArray(S, y, yo + Math.min(8, columns - 1) * yStep, out));
            v9 = v9.add(FloatVector.fromArray(S, y, yo + Math.min(9, columns - 1) * yStep, out));
            v10 = v10.add(FloatVector.fromArray(S, y, yo + Math.min(10, columns - 1) * yStep, out));
            v11 = v11.add(FloatVector.fromArray(S, y, yo + Math.min(11, columns - 1) * yStep, out));
            v12 = v12.add(FloatVector.fromArray(S, y, yo + Math.min(12, columns - 1) * yStep, out));
            v13 = v13.add(FloatVector.fromArray(S, y, yo + Math.min(13, columns - 1) * yStep, out));
            v14 = v14.add(FloatVector.fromArray(S, y, yo + Math.min(14, columns - 1) * yStep, out));
            v15 = v15.add(FloatVector.fromArray(S, y, yo + Math.min(15, columns - 1) * yStep, out));
        }
        v0.intoArray(y, yo, out);
        if (columns == 1) {
            return;
        }
        v1.intoArray(y, yo + yStep, out);
        if (columns == 2) {
            return;
        }
        v2.intoArray(y, yo + 2 * yStep, out);
        if (columns == 3) {
            return;
        }
        v3.intoArray(y, yo + 3 * yStep, out);
        if (columns == 4) {
            return;
        }
        v4.intoArray(y, yo + 4 * yStep, out);
        if (columns == 5) {
            return;
        }
        v5.intoArray(y, yo + 5 * yStep, out);
        if (columns == 6) {
            return;
        }
        v6.intoArray(y, yo + 6 * yStep, out);
        if (columns == 7) {
            return;
        }
        v7.intoArray(y, yo + 7 * yStep, out);
        if (columns == 8) {
            return;
        }
        v8.intoArray(y, yo + 8 * yStep, out);
        if (columns == 9) {
            return;
        }
        v9.intoArray(y, yo + 9 * yStep, out);
        if (columns == 10) {
            return;
        }
        v10.intoArray(y, yo + 10 * yStep, out);
        if (columns == 11) {
            return;
        }
        v11.intoArray(y, yo + 11 * yStep, out);
        if (columns == 12) {
            return;
        }
        v12.intoArray(y, yo + 12 * yStep, out);
        if (columns == 13) {
            return;
        }
        v13.intoArray(y, yo + 13 * yStep, out);
        if (columns == 14) {
            return;
        }
        v14.intoArray(y, yo + 14 * yStep, out);
        if (columns == 15) {
            return;
        }
        v15.intoArray(y, yo + 15 * yStep, out);
    }
}
