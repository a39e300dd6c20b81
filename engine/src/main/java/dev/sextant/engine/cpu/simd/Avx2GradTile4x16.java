package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 source channels by 2 blocks of 8 result channels.
final class Avx2GradTile4x16 extends GradTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2GradTile4x16() {
        super(4, 2);
    }

    @Override
    void run(int from, int to, float[] x, int xo, int[] xs, float[] z, int zo, int[] zs, int zBlock, float[] c, int co,
            int ldc) {
        multiply(from, to, x, xo, xs, z, zo, zs, zBlock, c, co, ldc);
    }

    private static void multiply(int from, int to, float[] x, int xo, int[] xs, float[] z, int zo, int[] zs, int zBlock,
            float[] c, int co, int ldc) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        for (int p = from; p < to; p++) {
            int xi = xo + xs[p];
            int zi = zo + zs[p];
            FloatVector z0 = FloatVector.fromArray(S, z, zi);
            FloatVector z1 = FloatVector.fromArray(S, z, zi + zBlock);
            FloatVector v0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = v0.fma(z0, c0x0);
            c0x1 = v0.fma(z1, c0x1);
            FloatVector v1 = FloatVector.broadcast(S, x[xi + 1]);
            c1x0 = v1.fma(z0, c1x0);
            c1x1 = v1.fma(z1, c1x1);
            FloatVector v2 = FloatVector.broadcast(S, x[xi + 2]);
            c2x0 = v2.fma(z0, c2x0);
            c2x1 = v2.fma(z1, c2x1);
            FloatVector v3 = FloatVector.broadcast(S, x[xi + 3]);
            c3x0 = v3.fma(z0, c3x0);
            c3x1 = v3.fma(z1, c3x1);
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + 8).add(c0x1).intoArray(c, co + 8);
        FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
        FloatVector.fromArray(S, c, co + ldc + 8).add(c1x1).intoArray(c, co + ldc + 8);
        FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
        FloatVector.fromArray(S, c, co + 2 * ldc + 8).add(c2x1).intoArray(c, co + 2 * ldc + 8);
        FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
        FloatVector.fromArray(S, c, co + 3 * ldc + 8).add(c3x1).intoArray(c, co + 3 * ldc + 8);
    }
}
