package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 row of `x` by 4 rows of `w`: 4 accumulators of 8 partial sums.
final class Avx2DotTile1x4 extends DotTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2DotTile1x4() {
        super(1, 4);
    }

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        multiply(length, x, xo, w, wo, wRow, c, co);
    }

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        int w1 = wo + wRow;
        int w2 = wo + 2 * wRow;
        int w3 = wo + 3 * wRow;
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c0x3 = FloatVector.zero(S);
        for (int k = 0; k < length; k += 8) {
            int xi = xo + k;
            FloatVector x0 = FloatVector.fromArray(S, x, xi);
            FloatVector v0 = FloatVector.fromArray(S, w, wo + k);
            c0x0 = x0.fma(v0, c0x0);
            FloatVector v1 = FloatVector.fromArray(S, w, w1 + k);
            c0x1 = x0.fma(v1, c0x1);
            FloatVector v2 = FloatVector.fromArray(S, w, w2 + k);
            c0x2 = x0.fma(v2, c0x2);
            FloatVector v3 = FloatVector.fromArray(S, w, w3 + k);
            c0x3 = x0.fma(v3, c0x3);
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + 8).add(c0x1).intoArray(c, co + 8);
        FloatVector.fromArray(S, c, co + 16).add(c0x2).intoArray(c, co + 16);
        FloatVector.fromArray(S, c, co + 24).add(c0x3).intoArray(c, co + 24);
    }
}
