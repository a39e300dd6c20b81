package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 depths by 8 columns of `w`, which stay in registers.
final class Avx2OuterTile8x8 extends OuterTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    @Override
    void run(int rows, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        multiply(rows, x, xo, w, wo, wRow, c, co);
    }

    private static void multiply(int rows, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        FloatVector w0 = FloatVector.fromArray(S, w, wo);
        FloatVector w1 = FloatVector.fromArray(S, w, wo + wRow);
        FloatVector w2 = FloatVector.fromArray(S, w, wo + 2 * wRow);
        FloatVector w3 = FloatVector.fromArray(S, w, wo + 3 * wRow);
        FloatVector w4 = FloatVector.fromArray(S, w, wo + 4 * wRow);
        FloatVector w5 = FloatVector.fromArray(S, w, wo + 5 * wRow);
        FloatVector w6 = FloatVector.fromArray(S, w, wo + 6 * wRow);
        FloatVector w7 = FloatVector.fromArray(S, w, wo + 7 * wRow);
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < rows * 8; i += 8) {
            int xi = xo + i;
            FloatVector sum0 = FloatVector.broadcast(S, x[xi]).fma(w0, zero);
            FloatVector sum1 = FloatVector.broadcast(S, x[xi + 1]).fma(w1, zero);
            FloatVector sum2 = FloatVector.broadcast(S, x[xi + 2]).fma(w2, zero);
            FloatVector sum3 = FloatVector.broadcast(S, x[xi + 3]).fma(w3, zero);
            sum0 = FloatVector.broadcast(S, x[xi + 4]).fma(w4, sum0);
            sum1 = FloatVector.broadcast(S, x[xi + 5]).fma(w5, sum1);
            sum2 = FloatVector.broadcast(S, x[xi + 6]).fma(w6, sum2);
            sum3 = FloatVector.broadcast(S, x[xi + 7]).fma(w7, sum3);
            FloatVector sum = sum0.add(sum1).add(sum2.add(sum3));
            FloatVector.fromArray(S, c, co + i).add(sum).intoArray(c, co + i);
        }
    }
}
