package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 16 depths by 16 columns of `w`, which stay in registers.
final class Avx512OuterTile16x16 extends OuterTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

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
        FloatVector w8 = FloatVector.fromArray(S, w, wo + 8 * wRow);
        FloatVector w9 = FloatVector.fromArray(S, w, wo + 9 * wRow);
        FloatVector w10 = FloatVector.fromArray(S, w, wo + 10 * wRow);
        FloatVector w11 = FloatVector.fromArray(S, w, wo + 11 * wRow);
        FloatVector w12 = FloatVector.fromArray(S, w, wo + 12 * wRow);
        FloatVector w13 = FloatVector.fromArray(S, w, wo + 13 * wRow);
        FloatVector w14 = FloatVector.fromArray(S, w, wo + 14 * wRow);
        FloatVector w15 = FloatVector.fromArray(S, w, wo + 15 * wRow);
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < rows * 16; i += 16) {
            int xi = xo + i;
            FloatVector sum0 = FloatVector.broadcast(S, x[xi]).fma(w0, zero);
            FloatVector sum1 = FloatVector.broadcast(S, x[xi + 1]).fma(w1, zero);
            FloatVector sum2 = FloatVector.broadcast(S, x[xi + 2]).fma(w2, zero);
            FloatVector sum3 = FloatVector.broadcast(S, x[xi + 3]).fma(w3, zero);
            sum0 = FloatVector.broadcast(S, x[xi + 4]).fma(w4, sum0);
            sum1 = FloatVector.broadcast(S, x[xi + 5]).fma(w5, sum1);
            sum2 = FloatVector.broadcast(S, x[xi + 6]).fma(w6, sum2);
            sum3 = FloatVector.broadcast(S, x[xi + 7]).fma(w7, sum3);
            sum0 = FloatVector.broadcast(S, x[xi + 8]).fma(w8, sum0);
            sum1 = FloatVector.broadcast(S, x[xi + 9]).fma(w9, sum1);
            sum2 = FloatVector.broadcast(S, x[xi + 10]).fma(w10, sum2);
            sum3 = FloatVector.broadcast(S, x[xi + 11]).fma(w11, sum3);
            sum0 = FloatVector.broadcast(S, x[xi + 12]).fma(w12, sum0);
            sum1 = FloatVector.broadcast(S, x[xi + 13]).fma(w13, sum1);
            sum2 = FloatVector.broadcast(S, x[xi + 14]).fma(w14, sum2);
            sum3 = FloatVector.broadcast(S, x[xi + 15]).fma(w15, sum3);
            FloatVector sum = sum0.add(sum1).add(sum2.add(sum3));
            FloatVector.fromArray(S, c, co + i).add(sum).intoArray(c, co + i);
        }
    }
}
