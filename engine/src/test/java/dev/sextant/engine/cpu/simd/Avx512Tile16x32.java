package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 16 rows by 2 vectors of 16 columns: 32 accumulators, 2 columns of `b` and one broadcast at a time, so that
/// everything stays in 32 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx512Tile16x32 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512Tile16x32() {
        super(16, 32);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {
        multiply(depth, a, ao, b, bo, c, co, ldc, add);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc,
            boolean add) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c4x1 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c5x1 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c6x1 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        FloatVector c7x1 = FloatVector.zero(S);
        FloatVector c8x0 = FloatVector.zero(S);
        FloatVector c8x1 = FloatVector.zero(S);
        FloatVector c9x0 = FloatVector.zero(S);
        FloatVector c9x1 = FloatVector.zero(S);
        FloatVector c10x0 = FloatVector.zero(S);
        FloatVector c10x1 = FloatVector.zero(S);
        FloatVector c11x0 = FloatVector.zero(S);
        FloatVector c11x1 = FloatVector.zero(S);
        FloatVector c12x0 = FloatVector.zero(S);
        FloatVector c12x1 = FloatVector.zero(S);
        FloatVector c13x0 = FloatVector.zero(S);
        FloatVector c13x1 = FloatVector.zero(S);
        FloatVector c14x0 = FloatVector.zero(S);
        FloatVector c14x1 = FloatVector.zero(S);
        FloatVector c15x0 = FloatVector.zero(S);
        FloatVector c15x1 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 16;
            int bi = bo + k * 32;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 16);
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
            FloatVector a4 = FloatVector.broadcast(S, a[ai + 4]);
            c4x0 = a4.fma(b0, c4x0);
            c4x1 = a4.fma(b1, c4x1);
            FloatVector a5 = FloatVector.broadcast(S, a[ai + 5]);
            c5x0 = a5.fma(b0, c5x0);
            c5x1 = a5.fma(b1, c5x1);
            FloatVector a6 = FloatVector.broadcast(S, a[ai + 6]);
            c6x0 = a6.fma(b0, c6x0);
            c6x1 = a6.fma(b1, c6x1);
            FloatVector a7 = FloatVector.broadcast(S, a[ai + 7]);
            c7x0 = a7.fma(b0, c7x0);
            c7x1 = a7.fma(b1, c7x1);
            FloatVector a8 = FloatVector.broadcast(S, a[ai + 8]);
            c8x0 = a8.fma(b0, c8x0);
            c8x1 = a8.fma(b1, c8x1);
            FloatVector a9 = FloatVector.broadcast(S, a[ai + 9]);
            c9x0 = a9.fma(b0, c9x0);
            c9x1 = a9.fma(b1, c9x1);
            FloatVector a10 = FloatVector.broadcast(S, a[ai + 10]);
            c10x0 = a10.fma(b0, c10x0);
            c10x1 = a10.fma(b1, c10x1);
            FloatVector a11 = FloatVector.broadcast(S, a[ai + 11]);
            c11x0 = a11.fma(b0, c11x0);
            c11x1 = a11.fma(b1, c11x1);
            FloatVector a12 = FloatVector.broadcast(S, a[ai + 12]);
            c12x0 = a12.fma(b0, c12x0);
            c12x1 = a12.fma(b1, c12x1);
            FloatVector a13 = FloatVector.broadcast(S, a[ai + 13]);
            c13x0 = a13.fma(b0, c13x0);
            c13x1 = a13.fma(b1, c13x1);
            FloatVector a14 = FloatVector.broadcast(S, a[ai + 14]);
            c14x0 = a14.fma(b0, c14x0);
            c14x1 = a14.fma(b1, c14x1);
            FloatVector a15 = FloatVector.broadcast(S, a[ai + 15]);
            c15x0 = a15.fma(b0, c15x0);
            c15x1 = a15.fma(b1, c15x1);
        }
        if (add) {
            FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
            FloatVector.fromArray(S, c, co + 16).add(c0x1).intoArray(c, co + 16);
            FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
            FloatVector.fromArray(S, c, co + ldc + 16).add(c1x1).intoArray(c, co + ldc + 16);
            FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
            FloatVector.fromArray(S, c, co + 2 * ldc + 16).add(c2x1).intoArray(c, co + 2 * ldc + 16);
            FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
            FloatVector.fromArray(S, c, co + 3 * ldc + 16).add(c3x1).intoArray(c, co + 3 * ldc + 16);
            FloatVector.fromArray(S, c, co + 4 * ldc).add(c4x0).intoArray(c, co + 4 * ldc);
            FloatVector.fromArray(S, c, co + 4 * ldc + 16).add(c4x1).intoArray(c, co + 4 * ldc + 16);
            FloatVector.fromArray(S, c, co + 5 * ldc).add(c5x0).intoArray(c, co + 5 * ldc);
            FloatVector.fromArray(S, c, co + 5 * ldc + 16).add(c5x1).intoArray(c, co + 5 * ldc + 16);
            FloatVector.fromArray(S, c, co + 6 * ldc).add(c6x0).intoArray(c, co + 6 * ldc);
            FloatVector.fromArray(S, c, co + 6 * ldc + 16).add(c6x1).intoArray(c, co + 6 * ldc + 16);
            FloatVector.fromArray(S, c, co + 7 * ldc).add(c7x0).intoArray(c, co + 7 * ldc);
            FloatVector.fromArray(S, c, co + 7 * ldc + 16).add(c7x1).intoArray(c, co + 7 * ldc + 16);
            FloatVector.fromArray(S, c, co + 8 * ldc).add(c8x0).intoArray(c, co + 8 * ldc);
            FloatVector.fromArray(S, c, co + 8 * ldc + 16).add(c8x1).intoArray(c, co + 8 * ldc + 16);
            FloatVector.fromArray(S, c, co + 9 * ldc).add(c9x0).intoArray(c, co + 9 * ldc);
            FloatVector.fromArray(S, c, co + 9 * ldc + 16).add(c9x1).intoArray(c, co + 9 * ldc + 16);
            FloatVector.fromArray(S, c, co + 10 * ldc).add(c10x0).intoArray(c, co + 10 * ldc);
            FloatVector.fromArray(S, c, co + 10 * ldc + 16).add(c10x1).intoArray(c, co + 10 * ldc + 16);
            FloatVector.fromArray(S, c, co + 11 * ldc).add(c11x0).intoArray(c, co + 11 * ldc);
            FloatVector.fromArray(S, c, co + 11 * ldc + 16).add(c11x1).intoArray(c, co + 11 * ldc + 16);
            FloatVector.fromArray(S, c, co + 12 * ldc).add(c12x0).intoArray(c, co + 12 * ldc);
            FloatVector.fromArray(S, c, co + 12 * ldc + 16).add(c12x1).intoArray(c, co + 12 * ldc + 16);
            FloatVector.fromArray(S, c, co + 13 * ldc).add(c13x0).intoArray(c, co + 13 * ldc);
            FloatVector.fromArray(S, c, co + 13 * ldc + 16).add(c13x1).intoArray(c, co + 13 * ldc + 16);
            FloatVector.fromArray(S, c, co + 14 * ldc).add(c14x0).intoArray(c, co + 14 * ldc);
            FloatVector.fromArray(S, c, co + 14 * ldc + 16).add(c14x1).intoArray(c, co + 14 * ldc + 16);
            FloatVector.fromArray(S, c, co + 15 * ldc).add(c15x0).intoArray(c, co + 15 * ldc);
            FloatVector.fromArray(S, c, co + 15 * ldc + 16).add(c15x1).intoArray(c, co + 15 * ldc + 16);
        } else {
            c0x0.intoArray(c, co);
            c0x1.intoArray(c, co + 16);
            c1x0.intoArray(c, co + ldc);
            c1x1.intoArray(c, co + ldc + 16);
            c2x0.intoArray(c, co + 2 * ldc);
            c2x1.intoArray(c, co + 2 * ldc + 16);
            c3x0.intoArray(c, co + 3 * ldc);
            c3x1.intoArray(c, co + 3 * ldc + 16);
            c4x0.intoArray(c, co + 4 * ldc);
            c4x1.intoArray(c, co + 4 * ldc + 16);
            c5x0.intoArray(c, co + 5 * ldc);
            c5x1.intoArray(c, co + 5 * ldc + 16);
            c6x0.intoArray(c, co + 6 * ldc);
            c6x1.intoArray(c, co + 6 * ldc + 16);
            c7x0.intoArray(c, co + 7 * ldc);
            c7x1.intoArray(c, co + 7 * ldc + 16);
            c8x0.intoArray(c, co + 8 * ldc);
            c8x1.intoArray(c, co + 8 * ldc + 16);
            c9x0.intoArray(c, co + 9 * ldc);
            c9x1.intoArray(c, co + 9 * ldc + 16);
            c10x0.intoArray(c, co + 10 * ldc);
            c10x1.intoArray(c, co + 10 * ldc + 16);
            c11x0.intoArray(c, co + 11 * ldc);
            c11x1.intoArray(c, co + 11 * ldc + 16);
            c12x0.intoArray(c, co + 12 * ldc);
            c12x1.intoArray(c, co + 12 * ldc + 16);
            c13x0.intoArray(c, co + 13 * ldc);
            c13x1.intoArray(c, co + 13 * ldc + 16);
            c14x0.intoArray(c, co + 14 * ldc);
            c14x1.intoArray(c, co + 14 * ldc + 16);
            c15x0.intoArray(c, co + 15 * ldc);
            c15x1.intoArray(c, co + 15 * ldc + 16);
        }
    }
}
