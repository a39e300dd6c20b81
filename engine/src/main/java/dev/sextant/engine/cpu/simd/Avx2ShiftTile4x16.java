package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 rows by 2 vectors of 8 columns, reading `b` through a table of offsets; flat for the same reason as the
/// packed tiles.
final class Avx2ShiftTile4x16 extends ShiftTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2ShiftTile4x16() {
        super(4, 16);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co, int ldc) {
        multiply(depth, a, ao, b, bo, shift, c, co, ldc);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co,
            int ldc) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 4;
            int bi = bo + shift[k];
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[ai]);
            c0x0 = a0.fma(b0, c0x0);
            c0x1 = a0.fma(b1, c0x1);
            FloatVector a1 = FloatVector.broadcast(S, a[ai + 1]);
            c1x0 = a1.fma(b0, c1x0);
            c1x1 = a1.fma(b1, c1x1);
            FloatVector a2 = FloatVector.broadcast(S, a[ai + 2]);
            c2x0 = a2.fma(b0, c2x0);
            c2x1 = a2.fma(b1, c2x1);
            FloatVector a3 = FloatVector.broadcast(S, a[ai + 3]);
            c3x0 = a3.fma(b0, c3x0);
            c3x1 = a3.fma(b1, c3x1);
        }
        c0x0.intoArray(c, co);
        c0x1.intoArray(c, co + 8);
        c1x0.intoArray(c, co + ldc);
        c1x1.intoArray(c, co + ldc + 8);
        c2x0.intoArray(c, co + 2 * ldc);
        c2x1.intoArray(c, co + 2 * ldc + 8);
        c3x0.intoArray(c, co + 3 * ldc);
        c3x1.intoArray(c, co + 3 * ldc + 8);
    }
}
