package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 6 taps by 4 blocks of 16 result channels.
final class Avx512TapTile6x64 extends TapTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512TapTile6x64() {
        super(6, 4);
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
        int x4 = xo + shift[first + 4];
        int x5 = xo + shift[first + 5];
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
        for (int p = from; p < to; p++) {
            int xi = xs[p];
            int zi = zo + zs[p];
            FloatVector z0 = FloatVector.fromArray(S, z, zi);
            FloatVector z1 = FloatVector.fromArray(S, z, zi + zBlock);
            FloatVector z2 = FloatVector.fromArray(S, z, zi + 2 * zBlock);
            FloatVector z3 = FloatVector.fromArray(S, z, zi + 3 * zBlock);
            FloatVector v0 = FloatVector.broadcast(S, x[x0 + xi]);
            c0x0 = v0.fma(z0, c0x0);
            c0x1 = v0.fma(z1, c0x1);
            c0x2 = v0.fma(z2, c0x2);
            c0x3 = v0.fma(z3, c0x3);
            FloatVector v1 = FloatVector.broadcast(S, x[x1 + xi]);
            c1x0 = v1.fma(z0, c1x0);
            c1x1 = v1.fma(z1, c1x1);
            c1x2 = v1.fma(z2, c1x2);
            c1x3 = v1.fma(z3, c1x3);
            FloatVector v2 = FloatVector.broadcast(S, x[x2 + xi]);
            c2x0 = v2.fma(z0, c2x0);
            c2x1 = v2.fma(z1, c2x1);
            c2x2 = v2.fma(z2, c2x2);
            c2x3 = v2.fma(z3, c2x3);
            FloatVector v3 = FloatVector.broadcast(S, x[x3 + xi]);
            c3x0 = v3.fma(z0, c3x0);
            c3x1 = v3.fma(z1, c3x1);
            c3x2 = v3.fma(z2, c3x2);
            c3x3 = v3.fma(z3, c3x3);
            FloatVector v4 = FloatVector.broadcast(S, x[x4 + xi]);
            c4x0 = v4.fma(z0, c4x0);
            c4x1 = v4.fma(z1, c4x1);
            c4x2 = v4.fma(z2, c4x2);
            c4x3 = v4.fma(z3, c4x3);
            FloatVector v5 = FloatVector.broadcast(S, x[x5 + xi]);
            c5x0 = v5.fma(z0, c5x0);
            c5x1 = v5.fma(z1, c5x1);
            c5x2 = v5.fma(z2, c5x2);
            c5x3 = v5.fma(z3, c5x3);
        }
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
    }
}
