package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 rows of `x` by 1 row of `w`: 4 accumulators of 16 partial sums.
final class Avx512DotTile4x1 extends DotTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512DotTile4x1() {
        super(4, 1);
    }

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        multiply(length, x, xo, w, wo, wRow, c, co);
    }

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        for (int k = 0; k < length; k += 16) {
            int xi = xo + k * 4;
            FloatVector x0 = FloatVector.fromArray(S, x, xi);
            FloatVector x1 = FloatVector.fromArray(S, x, xi + 16);
            FloatVector x2 = FloatVector.fromArray(S, x, xi + 32);
            FloatVector x3 = FloatVector.fromArray(S, x, xi + 48);
            FloatVector v0 = FloatVector.fromArray(S, w, wo + k);
            c0x0 = x0.fma(v0, c0x0);
            c1x0 = x1.fma(v0, c1x0);
            c2x0 = x2.fma(v0, c2x0);
            c3x0 = x3.fma(v0, c3x0);
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + 16).add(c1x0).intoArray(c, co + 16);
        FloatVector.fromArray(S, c, co + 32).add(c2x0).intoArray(c, co + 32);
        FloatVector.fromArray(S, c, co + 48).add(c3x0).intoArray(c, co + 48);
    }
}
