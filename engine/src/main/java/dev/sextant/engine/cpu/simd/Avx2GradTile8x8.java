package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 source channels by 1 block of 8 result channels.
final class Avx2GradTile8x8 extends GradTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2GradTile8x8() {
        super(8, 1);
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
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
        FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
        FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
        FloatVector.fromArray(S, c, co + 4 * ldc).add(c4x0).intoArray(c, co + 4 * ldc);
        FloatVector.fromArray(S, c, co + 5 * ldc).add(c5x0).intoArray(c, co + 5 * ldc);
        FloatVector.fromArray(S, c, co + 6 * ldc).add(c6x0).intoArray(c, co + 6 * ldc);
        FloatVector.fromArray(S, c, co + 7 * ldc).add(c7x0).intoArray(c, co + 7 * ldc);
    }
}
