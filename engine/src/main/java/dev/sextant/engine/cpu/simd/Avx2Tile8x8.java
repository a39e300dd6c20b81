package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 rows by 1 vector of 8 columns: 8 accumulators, 1 columns of `b` and one broadcast at a time, so that
/// everything stays in 16 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx2Tile8x8 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2Tile8x8() {
        super(8, 8);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {
        multiply(depth, a, ao, b, bo, c, co, ldc, add);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc,
            boolean add) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 8;
            int bi = bo + k * 8;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            c0x0 = FloatVector.broadcast(S, a[ai]).fma(b0, c0x0);
            c1x0 = FloatVector.broadcast(S, a[ai + 1]).fma(b0, c1x0);
            c2x0 = FloatVector.broadcast(S, a[ai + 2]).fma(b0, c2x0);
            c3x0 = FloatVector.broadcast(S, a[ai + 3]).fma(b0, c3x0);
            c4x0 = FloatVector.broadcast(S, a[ai + 4]).fma(b0, c4x0);
            c5x0 = FloatVector.broadcast(S, a[ai + 5]).fma(b0, c5x0);
            c6x0 = FloatVector.broadcast(S, a[ai + 6]).fma(b0, c6x0);
            c7x0 = FloatVector.broadcast(S, a[ai + 7]).fma(b0, c7x0);
        }
        if (add) {
            FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
            FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
            FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
            FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
            FloatVector.fromArray(S, c, co + 4 * ldc).add(c4x0).intoArray(c, co + 4 * ldc);
            FloatVector.fromArray(S, c, co + 5 * ldc).add(c5x0).intoArray(c, co + 5 * ldc);
            FloatVector.fromArray(S, c, co + 6 * ldc).add(c6x0).intoArray(c, co + 6 * ldc);
            FloatVector.fromArray(S, c, co + 7 * ldc).add(c7x0).intoArray(c, co + 7 * ldc);
        } else {
            c0x0.intoArray(c, co);
            c1x0.intoArray(c, co + ldc);
            c2x0.intoArray(c, co + 2 * ldc);
            c3x0.intoArray(c, co + 3 * ldc);
            c4x0.intoArray(c, co + 4 * ldc);
            c5x0.intoArray(c, co + 5 * ldc);
            c6x0.intoArray(c, co + 6 * ldc);
            c7x0.intoArray(c, co + 7 * ldc);
        }
    }
}
