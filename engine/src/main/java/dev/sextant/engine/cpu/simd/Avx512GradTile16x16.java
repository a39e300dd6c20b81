package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 16 source channels by 1 block of 16 result channels.
final class Avx512GradTile16x16 extends GradTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512GradTile16x16() {
        super(16, 1);
    }

    @Override
    void run(int from, int to, float[] x, int xo, int[] xs, float[] z, int zo, int[] zs, int zBlock, float[] c, int co,
            int ldc) {
        multiply(from, to, x, xo, xs, z, zo, zs, zBlock, c, co, ldc);
    }

    private static void multiply(int from, int to, float[] x, int xo, int[] xs, float[] z, int zo, int[] zs, int zBlock,
            float[] c, int co, int ldc) {
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
        for (int p = from; p < to; p++) {
            int xi = xo + xs[p];
            int zi = zo + zs[p];
            FloatVector z0 = FloatVector.fromArray(S, z, zi);
            c0x0 = FloatVector.broadcast(S, x[xi]).fma(z0, c0x0);
            c1x0 = FloatVector.broadcast(S, x[xi + 1]).fma(z0, c1x0);
            c2x0 = FloatVector.broadcast(S, x[xi + 2]).fma(z0, c2x0);
            c3x0 = FloatVector.broadcast(S, x[xi + 3]).fma(z0, c3x0);
            c4x0 = FloatVector.broadcast(S, x[xi + 4]).fma(z0, c4x0);
            c5x0 = FloatVector.broadcast(S, x[xi + 5]).fma(z0, c5x0);
            c6x0 = FloatVector.broadcast(S, x[xi + 6]).fma(z0, c6x0);
            c7x0 = FloatVector.broadcast(S, x[xi + 7]).fma(z0, c7x0);
            c8x0 = FloatVector.broadcast(S, x[xi + 8]).fma(z0, c8x0);
            c9x0 = FloatVector.broadcast(S, x[xi + 9]).fma(z0, c9x0);
            c10x0 = FloatVector.broadcast(S, x[xi + 10]).fma(z0, c10x0);
            c11x0 = FloatVector.broadcast(S, x[xi + 11]).fma(z0, c11x0);
            c12x0 = FloatVector.broadcast(S, x[xi + 12]).fma(z0, c12x0);
            c13x0 = FloatVector.broadcast(S, x[xi + 13]).fma(z0, c13x0);
            c14x0 = FloatVector.broadcast(S, x[xi + 14]).fma(z0, c14x0);
            c15x0 = FloatVector.broadcast(S, x[xi + 15]).fma(z0, c15x0);
        }
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
    }
}
