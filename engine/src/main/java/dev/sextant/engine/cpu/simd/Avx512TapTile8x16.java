package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 taps by 1 block of 16 result channels.
final class Avx512TapTile8x16 extends TapTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512TapTile8x16() {
        super(8, 1);
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
        int x6 = xo + shift[first + 6];
        int x7 = xo + shift[first + 7];
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        for (int p = from; p < to; p++) {
            int xi = xs[p];
            int zi = zo + zs[p];
            FloatVector z0 = FloatVector.fromArray(S, z, zi);
            c0x0 = FloatVector.broadcast(S, x[x0 + xi]).fma(z0, c0x0);
            c1x0 = FloatVector.broadcast(S, x[x1 + xi]).fma(z0, c1x0);
            c2x0 = FloatVector.broadcast(S, x[x2 + xi]).fma(z0, c2x0);
            c3x0 = FloatVector.broadcast(S, x[x3 + xi]).fma(z0, c3x0);
            c4x0 = FloatVector.broadcast(S, x[x4 + xi]).fma(z0, c4x0);
            c5x0 = FloatVector.broadcast(S, x[x5 + xi]).fma(z0, c5x0);
            c6x0 = FloatVector.broadcast(S, x[x6 + xi]).fma(z0, c6x0);
            c7x0 = FloatVector.broadcast(S, x[x7 + xi]).fma(z0, c7x0);
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
