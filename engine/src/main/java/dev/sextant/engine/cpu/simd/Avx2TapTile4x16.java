package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 taps by 2 blocks of 8 result channels.
final class Avx2TapTile4x16 extends TapTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2TapTile4x16() {
        super(4, 2);
    }

    @Override
    void run(int from, int to, float[] x, int xo, int[] xs, int[] shift, int first, float[] z, int zo, int[] zs,
            int zBlock, float[] c, int co, int ldc) {
        multiply(from, to, x, xo, xs, shift, first, z, zo, zs, zBlock, c, co, ldc);
    }

    private static void multiply(int from, int to, float[] x, int xo, int[] xs, int[] shift, int first, float[] z,
            int zo, int[] zs, int zBlock, float[] c, int co, int ldc) {
        int x0 = xo + shift[first];
        int x1 = xo + shift[first + 1];
        int x2 = xo + shift[first + 2];
        int x3 = xo + shift[first + 3];
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        for (int p = from; p < to; p++) {
            int xi = xs[p];
            int zi = zo + zs[p];
            FloatVector z0 = FloatVector.fromArray(S, z, zi);
            FloatVector z1 = FloatVector.fromArray(S, z, zi + zBlock);
            FloatVector v0 = FloatVector.broadcast(S, x[x0 + xi]);
            c0x0 = v0.fma(z0, c0x0);
            c0x1 = v0.fma(z1, c0x1);
            FloatVector v1 = FloatVector.broadcast(S, x[x1 + xi]);
            c1x0 = v1.fma(z0, c1x0);
            c1x1 = v1.fma(z1, c1x1);
            FloatVector v2 = FloatVector.broadcast(S, x[x2 + xi]);
            c2x0 = v2.fma(z0, c2x0);
            c2x1 = v2.fma(z1, c2x1);
            FloatVector v3 = FloatVector.broadcast(S, x[x3 + xi]);
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
