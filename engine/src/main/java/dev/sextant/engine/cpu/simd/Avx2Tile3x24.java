package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 3 rows by 3 vectors of 8 columns: 9 accumulators, 3 columns of `b` and one broadcast at a time, so that
/// everything stays in 16 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx2Tile3x24 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2Tile3x24() {
        super(3, 24);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {
        multiply(depth, a, ao, b, bo, c, co, ldc, add);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc,
            boolean add) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c1x2 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c2x2 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 3;
            int bi = bo + k * 24;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 8);
            FloatVector b2 = FloatVector.fromArray(S, b, bi + 16);
            FloatVector a0 = FloatVector.broadcast(S, a[ai]);
            c0x0 = a0.fma(b0, c0x0);
            c0x1 = a0.fma(b1, c0x1);
            c0x2 = a0.fma(b2, c0x2);
            FloatVector a1 = FloatVector.broadcast(S, a[ai + 1]);
            c1x0 = a1.fma(b0, c1x0);
            c1x1 = a1.fma(b1, c1x1);
            c1x2 = a1.fma(b2, c1x2);
            FloatVector a2 = FloatVector.broadcast(S, a[ai + 2]);
            c2x0 = a2.fma(b0, c2x0);
            c2x1 = a2.fma(b1, c2x1);
            c2x2 = a2.fma(b2, c2x2);
        }
        if (add) {
            FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
            FloatVector.fromArray(S, c, co + 8).add(c0x1).intoArray(c, co + 8);
            FloatVector.fromArray(S, c, co + 16).add(c0x2).intoArray(c, co + 16);
            FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
            FloatVector.fromArray(S, c, co + ldc + 8).add(c1x1).intoArray(c, co + ldc + 8);
            FloatVector.fromArray(S, c, co + ldc + 16).add(c1x2).intoArray(c, co + ldc + 16);
            FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
            FloatVector.fromArray(S, c, co + 2 * ldc + 8).add(c2x1).intoArray(c, co + 2 * ldc + 8);
            FloatVector.fromArray(S, c, co + 2 * ldc + 16).add(c2x2).intoArray(c, co + 2 * ldc + 16);
        } else {
            c0x0.intoArray(c, co);
            c0x1.intoArray(c, co + 8);
            c0x2.intoArray(c, co + 16);
            c1x0.intoArray(c, co + ldc);
            c1x1.intoArray(c, co + ldc + 8);
            c1x2.intoArray(c, co + ldc + 16);
            c2x0.intoArray(c, co + 2 * ldc);
            c2x1.intoArray(c, co + 2 * ldc + 8);
            c2x2.intoArray(c, co + 2 * ldc + 16);
        }
    }
}
