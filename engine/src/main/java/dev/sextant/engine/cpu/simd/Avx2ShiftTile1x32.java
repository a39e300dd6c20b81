package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 rows by 4 vectors of 8 columns, reading `b` through a table of offsets; flat for the same reason as the
/// packed tiles.
final class Avx2ShiftTile1x32 extends ShiftTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2ShiftTile1x32() {
        super(1, 32);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co, int ldc) {
        multiply(depth, a, ao, b, bo, shift, c, co, ldc);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co,
            int ldc) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c0x3 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k;
            int bi = bo + shift[k];
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 8);
            FloatVector b2 = FloatVector.fromArray(S, b, bi + 16);
            FloatVector b3 = FloatVector.fromArray(S, b, bi + 24);
            FloatVector a0 = FloatVector.broadcast(S, a[ai]);
            c0x0 = a0.fma(b0, c0x0);
            c0x1 = a0.fma(b1, c0x1);
            c0x2 = a0.fma(b2, c0x2);
            c0x3 = a0.fma(b3, c0x3);
        }
        c0x0.intoArray(c, co);
        c0x1.intoArray(c, co + 8);
        c0x2.intoArray(c, co + 16);
        c0x3.intoArray(c, co + 24);
    }
}
