package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 24 rows by 1 vector of 16 columns: 24 accumulators, 1 columns of `b` and one broadcast at a time, so that
/// everything stays in 32 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx512Tile24x16 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512Tile24x16() {
        super(24, 16);
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
        FloatVector c8x0 = FloatVector.zero(S);
        FloatVector c9x0 = FloatVector.zero(S);
        FloatVector c10x0 = FloatVector.zero(S);
        FloatVector c11x0 = FloatVector.zero(S);
        FloatVector c12x0 = FloatVector.zero(S);
        FloatVector c13x0 = FloatVector.zero(S);
        FloatVector c14x0 = FloatVector.zero(S);
        FloatVector c15x0 = FloatVector.zero(S);
        FloatVector c16x0 = FloatVector.zero(S);
        FloatVector c17x0 = FloatVector.zero(S);
        FloatVector c18x0 = FloatVector.zero(S);
        FloatVector c19x0 = FloatVector.zero(S);
        FloatVector c20x0 = FloatVector.zero(S);
        FloatVector c21x0 = FloatVector.zero(S);
        FloatVector c22x0 = FloatVector.zero(S);
        FloatVector c23x0 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k * 24;
            int bi = bo + k * 16;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            c0x0 = FloatVector.broadcast(S, a[ai]).fma(b0, c0x0);
            c1x0 = FloatVector.broadcast(S, a[ai + 1]).fma(b0, c1x0);
            c2x0 = FloatVector.broadcast(S, a[ai + 2]).fma(b0, c2x0);
            c3x0 = FloatVector.broadcast(S, a[ai + 3]).fma(b0, c3x0);
            c4x0 = FloatVector.broadcast(S, a[ai + 4]).fma(b0, c4x0);
            c5x0 = FloatVector.broadcast(S, a[ai + 5]).fma(b0, c5x0);
            c6x0 = FloatVector.broadcast(S, a[ai + 6]).fma(b0, c6x0);
            c7x0 = FloatVector.broadcast(S, a[ai + 7]).fma(b0, c7x0);
            c8x0 = FloatVector.broadcast(S, a[ai + 8]).fma(b0, c8x0);
            c9x0 = FloatVector.broadcast(S, a[ai + 9]).fma(b0, c9x0);
            c10x0 = FloatVector.broadcast(S, a[ai + 10]).fma(b0, c10x0);
            c11x0 = FloatVector.broadcast(S, a[ai + 11]).fma(b0, c11x0);
            c12x0 = FloatVector.broadcast(S, a[ai + 12]).fma(b0, c12x0);
            c13x0 = FloatVector.broadcast(S, a[ai + 13]).fma(b0, c13x0);
            c14x0 = FloatVector.broadcast(S, a[ai + 14]).fma(b0, c14x0);
            c15x0 = FloatVector.broadcast(S, a[ai + 15]).fma(b0, c15x0);
            c16x0 = FloatVector.broadcast(S, a[ai + 16]).fma(b0, c16x0);
            c17x0 = FloatVector.broadcast(S, a[ai + 17]).fma(b0, c17x0);
            c18x0 = FloatVector.broadcast(S, a[ai + 18]).fma(b0, c18x0);
            c19x0 = FloatVector.broadcast(S, a[ai + 19]).fma(b0, c19x0);
            c20x0 = FloatVector.broadcast(S, a[ai + 20]).fma(b0, c20x0);
            c21x0 = FloatVector.broadcast(S, a[ai + 21]).fma(b0, c21x0);
            c22x0 = FloatVector.broadcast(S, a[ai + 22]).fma(b0, c22x0);
            c23x0 = FloatVector.broadcast(S, a[ai + 23]).fma(b0, c23x0);
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
            FloatVector.fromArray(S, c, co + 8 * ldc).add(c8x0).intoArray(c, co + 8 * ldc);
            FloatVector.fromArray(S, c, co + 9 * ldc).add(c9x0).intoArray(c, co + 9 * ldc);
            FloatVector.fromArray(S, c, co + 10 * ldc).add(c10x0).intoArray(c, co + 10 * ldc);
            FloatVector.fromArray(S, c, co + 11 * ldc).add(c11x0).intoArray(c, co + 11 * ldc);
            FloatVector.fromArray(S, c, co + 12 * ldc).add(c12x0).intoArray(c, co + 12 * ldc);
            FloatVector.fromArray(S, c, co + 13 * ldc).add(c13x0).intoArray(c, co + 13 * ldc);
            FloatVector.fromArray(S, c, co + 14 * ldc).add(c14x0).intoArray(c, co + 14 * ldc);
            FloatVector.fromArray(S, c, co + 15 * ldc).add(c15x0).intoArray(c, co + 15 * ldc);
            FloatVector.fromArray(S, c, co + 16 * ldc).add(c16x0).intoArray(c, co + 16 * ldc);
            FloatVector.fromArray(S, c, co + 17 * ldc).add(c17x0).intoArray(c, co + 17 * ldc);
            FloatVector.fromArray(S, c, co + 18 * ldc).add(c18x0).intoArray(c, co + 18 * ldc);
            FloatVector.fromArray(S, c, co + 19 * ldc).add(c19x0).intoArray(c, co + 19 * ldc);
            FloatVector.fromArray(S, c, co + 20 * ldc).add(c20x0).intoArray(c, co + 20 * ldc);
            FloatVector.fromArray(S, c, co + 21 * ldc).add(c21x0).intoArray(c, co + 21 * ldc);
            FloatVector.fromArray(S, c, co + 22 * ldc).add(c22x0).intoArray(c, co + 22 * ldc);
            FloatVector.fromArray(S, c, co + 23 * ldc).add(c23x0).intoArray(c, co + 23 * ldc);
        } else {
            c0x0.intoArray(c, co);
            c1x0.intoArray(c, co + ldc);
            c2x0.intoArray(c, co + 2 * ldc);
            c3x0.intoArray(c, co + 3 * ldc);
            c4x0.intoArray(c, co + 4 * ldc);
            c5x0.intoArray(c, co + 5 * ldc);
            c6x0.intoArray(c, co + 6 * ldc);
            c7x0.intoArray(c, co + 7 * ldc);
            c8x0.intoArray(c, co + 8 * ldc);
            c9x0.intoArray(c, co + 9 * ldc);
            c10x0.intoArray(c, co + 10 * ldc);
            c11x0.intoArray(c, co + 11 * ldc);
            c12x0.intoArray(c, co + 12 * ldc);
            c13x0.intoArray(c, co + 13 * ldc);
            c14x0.intoArray(c, co + 14 * ldc);
            c15x0.intoArray(c, co + 15 * ldc);
            c16x0.intoArray(c, co + 16 * ldc);
            c17x0.intoArray(c, co + 17 * ldc);
            c18x0.intoArray(c, co + 18 * ldc);
            c19x0.intoArray(c, co + 19 * ldc);
            c20x0.intoArray(c, co + 20 * ldc);
            c21x0.intoArray(c, co + 21 * ldc);
            c22x0.intoArray(c, co + 22 * ldc);
            c23x0.intoArray(c, co + 23 * ldc);
        }
    }
}
