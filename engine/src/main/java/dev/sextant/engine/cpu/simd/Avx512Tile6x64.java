package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 6 rows by 4 vectors of 16 columns: 24 accumulators, 4 columns of `b` and one broadcast at a time, so that
/// everything stays in 32 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx512Tile6x64 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512Tile6x64() {
        super(6, 64);
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
        FloatVector c0x3 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c1x2 = FloatVector.zero(S);
        FloatVector c1x3 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c2x2 = FloatVector.zero(S);
        FloatVector c2x3 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        FloatVector c3x2 = FloatVector.zero(S);
        FloatVector c3x3 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c4x1 = FloatVector.zero(S);
        FloatVector c4x2 = FloatVector.zero(S);
        FloatVector c4x3 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c5x1 = FloatVector.zero(S);
        FloatVector c5x2 = FloatVector.zero(S);
        FloatVector c5x3 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 6;
            int bi = bo + k * 64;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 16);
            FloatVector b2 = FloatVector.fromArray(S, b, bi + 32);
            FloatVector b3 = FloatVector.fromArray(S, b, bi + 48);
            FloatVector a0 = FloatVector.broadcast(S, a[ai]);
            c0x0 = a0.fma(b0, c0x0);
            c0x1 = a0.fma(b1, c0x1);
            c0x2 = a0.fma(b2, c0x2);
            c0x3 = a0.fma(b3, c0x3);
            FloatVector a1 = FloatVector.broadcast(S, a[ai + 1]);
            c1x0 = a1.fma(b0, c1x0);
            c1x1 = a1.fma(b1, c1x1);
            c1x2 = a1.fma(b2, c1x2);
            c1x3 = a1.fma(b3, c1x3);
            FloatVector a2 = FloatVector.broadcast(S, a[ai + 2]);
            c2x0 = a2.fma(b0, c2x0);
            c2x1 = a2.fma(b1, c2x1);
            c2x2 = a2.fma(b2, c2x2);
            c2x3 = a2.fma(b3, c2x3);
            FloatVector a3 = FloatVector.broadcast(S, a[ai + 3]);
            c3x0 = a3.fma(b0, c3x0);
            c3x1 = a3.fma(b1, c3x1);
            c3x2 = a3.fma(b2, c3x2);
            c3x3 = a3.fma(b3, c3x3);
            FloatVector a4 = FloatVector.broadcast(S, a[ai + 4]);
            c4x0 = a4.fma(b0, c4x0);
            c4x1 = a4.fma(b1, c4x1);
            c4x2 = a4.fma(b2, c4x2);
            c4x3 = a4.fma(b3, c4x3);
            FloatVector a5 = FloatVector.broadcast(S, a[ai + 5]);
            c5x0 = a5.fma(b0, c5x0);
            c5x1 = a5.fma(b1, c5x1);
            c5x2 = a5.fma(b2, c5x2);
            c5x3 = a5.fma(b3, c5x3);
        }
        if (add) {
            FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
            FloatVector.fromArray(S, c, co + 16).add(c0x1).intoArray(c, co + 16);
            FloatVector.fromArray(S, c, co + 32).add(c0x2).intoArray(c, co + 32);
            FloatVector.fromArray(S, c, co + 48).add(c0x3).intoArray(c, co + 48);
            FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
            FloatVector.fromArray(S, c, co + ldc + 16).add(c1x1).intoArray(c, co + ldc + 16);
            FloatVector.fromArray(S, c, co + ldc + 32).add(c1x2).intoArray(c, co + ldc + 32);
            FloatVector.fromArray(S, c, co + ldc + 48).add(c1x3).intoArray(c, co + ldc + 48);
            FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
            FloatVector.fromArray(S, c, co + 2 * ldc + 16).add(c2x1).intoArray(c, co + 2 * ldc + 16);
            FloatVector.fromArray(S, c, co + 2 * ldc + 32).add(c2x2).intoArray(c, co + 2 * ldc + 32);
            FloatVector.fromArray(S, c, co + 2 * ldc + 48).add(c2x3).intoArray(c, co + 2 * ldc + 48);
            FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
            FloatVector.fromArray(S, c, co + 3 * ldc + 16).add(c3x1).intoArray(c, co + 3 * ldc + 16);
            FloatVector.fromArray(S, c, co + 3 * ldc + 32).add(c3x2).intoArray(c, co + 3 * ldc + 32);
            FloatVector.fromArray(S, c, co + 3 * ldc + 48).add(c3x3).intoArray(c, co + 3 * ldc + 48);
            FloatVector.fromArray(S, c, co + 4 * ldc).add(c4x0).intoArray(c, co + 4 * ldc);
            FloatVector.fromArray(S, c, co + 4 * ldc + 16).add(c4x1).intoArray(c, co + 4 * ldc + 16);
            FloatVector.fromArray(S, c, co + 4 * ldc + 32).add(c4x2).intoArray(c, co + 4 * ldc + 32);
            FloatVector.fromArray(S, c, co + 4 * ldc + 48).add(c4x3).intoArray(c, co + 4 * ldc + 48);
            FloatVector.fromArray(S, c, co + 5 * ldc).add(c5x0).intoArray(c, co + 5 * ldc);
            FloatVector.fromArray(S, c, co + 5 * ldc + 16).add(c5x1).intoArray(c, co + 5 * ldc + 16);
            FloatVector.fromArray(S, c, co + 5 * ldc + 32).add(c5x2).intoArray(c, co + 5 * ldc + 32);
            FloatVector.fromArray(S, c, co + 5 * ldc + 48).add(c5x3).intoArray(c, co + 5 * ldc + 48);
        } else {
            c0x0.intoArray(c, co);
            c0x1.intoArray(c, co + 16);
            c0x2.intoArray(c, co + 32);
            c0x3.intoArray(c, co + 48);
            c1x0.intoArray(c, co + ldc);
            c1x1.intoArray(c, co + ldc + 16);
            c1x2.intoArray(c, co + ldc + 32);
            c1x3.intoArray(c, co + ldc + 48);
            c2x0.intoArray(c, co + 2 * ldc);
            c2x1.intoArray(c, co + 2 * ldc + 16);
            c2x2.intoArray(c, co + 2 * ldc + 32);
            c2x3.intoArray(c, co + 2 * ldc + 48);
            c3x0.intoArray(c, co + 3 * ldc);
            c3x1.intoArray(c, co + 3 * ldc + 16);
            c3x2.intoArray(c, co + 3 * ldc + 32);
            c3x3.intoArray(c, co + 3 * ldc + 48);
            c4x0.intoArray(c, co + 4 * ldc);
            c4x1.intoArray(c, co + 4 * ldc + 16);
            c4x2.intoArray(c, co + 4 * ldc + 32);
            c4x3.intoArray(c, co + 4 * ldc + 48);
            c5x0.intoArray(c, co + 5 * ldc);
            c5x1.intoArray(c, co + 5 * ldc + 16);
            c5x2.intoArray(c, co + 5 * ldc + 32);
            c5x3.intoArray(c, co + 5 * ldc + 48);
        }
    }
}
