package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 row of `x` by 1 row of `w`: 1 accumulator of 16 partial sums.
final class Avx512DotTile1x1 extends DotTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512DotTile1x1() {
        super(1, 1);
    }

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        multiply(length, x, xo, w, wo, wRow, c, co);
    }

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        FloatVector c0x0 = FloatVector.zero(S);
        for (int k = 0; k < length; k += 16) {
            int xi = xo + k;
            FloatVector x0 = FloatVector.fromArray(S, x, xi);
            FloatVector v0 = FloatVector.fromArray(S, w, wo + k);
            c0x0 = x0.fma(v0, c0x0);
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
    }
}
