package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes 8 by 8 numbers in registers (Eklundh's method).
final class Avx2Turning {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(S, i -> i ^ 1);
    private static final VectorMask<Float> UPPER1 = VectorMask.fromLong(S, 0xaa);
    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorMask<Float> UPPER2 = VectorMask.fromLong(S, 0xcc);
    private static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(S, i -> i ^ 4);
    private static final VectorMask<Float> UPPER4 = VectorMask.fromLong(S, 0xf0);

    private Avx2Turning() {
    }

    /// `y[j·yStep + i] (+)= x[i·xStep + j]` for `i < rows` and `j < columns`, at most 8 of each.
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
        if (add) {
            v0 = v0.add(FloatVector.fromArray(S, y, yo + Math.min(0, columns - 1) * yStep, out));
            v1 = v1.add(FloatVector.fromArray(S, y, yo + Math.min(1, columns - 1) * yStep, out));
            v2 = v2.add(FloatVector.fromArray(S, y, yo + Math.min(2, columns - 1) * yStep, out));
            v3 = v3.add(FloatVector.fromArray(S, y, yo + Math.min(3, columns - 1) * yStep, out));
            v4 = v4.add(FloatVector.fromArray(S, y, yo + Math.min(4, columns - 1) * yStep, out));
            v5 = v5.add(FloatVector.fromArray(S, y, yo + Math.min(5, columns - 1) * yStep, out));
            v6 = v6.add(FloatVector.fromArray(S, y, yo + Math.min(6, columns - 1) * yStep, out));
            v7 = v7.add(FloatVector.fromArray(S, y, yo + Math.min(7, columns - 1) * yStep, out));
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
    }
}
