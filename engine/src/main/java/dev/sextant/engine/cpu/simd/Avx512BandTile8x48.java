package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 source channels by 3 blocks of 16 result channels.
final class Avx512BandTile8x48 extends BandTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512BandTile8x48() {
        super(8, 3);
    }

    @Override
    void run(int rows, int width, float[] x, int xo, int xRow, float[] z, int zo, int zRow, int zBlock, float[] c,
            int co, int ldc) {
        multiply(rows, width, x, xo, xRow, z, zo, zRow, zBlock, c, co, ldc);
    }

    private static void multiply(int rows, int width, float[] x, int xo, int xRow, float[] z, int zo, int zRow,
            int zBlock, float[] c, int co, int ldc) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c1x2 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c2x2 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        FloatVector c3x2 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c4x1 = FloatVector.zero(S);
        FloatVector c4x2 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c5x1 = FloatVector.zero(S);
        FloatVector c5x2 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c6x1 = FloatVector.zero(S);
        FloatVector c6x2 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        FloatVector c7x1 = FloatVector.zero(S);
        FloatVector c7x2 = FloatVector.zero(S);
        for (int row = 0; row < rows; row++) {
            int xr = xo + row * xRow;
            int zr = zo + row * zRow;
            for (int p = 0; p < width; p++) {
                int xi = xr + p * 16;
                int zi = zr + p * 16;
                FloatVector z0 = FloatVector.fromArray(S, z, zi);
                FloatVector z1 = FloatVector.fromArray(S, z, zi + zBlock);
                FloatVector z2 = FloatVector.fromArray(S, z, zi + 2 * zBlock);
                FloatVector v0 = FloatVector.broadcast(S, x[xi]);
                c0x0 = v0.fma(z0, c0x0);
                c0x1 = v0.fma(z1, c0x1);
                c0x2 = v0.fma(z2, c0x2);
                FloatVector v1 = FloatVector.broadcast(S, x[xi + 1]);
                c1x0 = v1.fma(z0, c1x0);
                c1x1 = v1.fma(z1, c1x1);
                c1x2 = v1.fma(z2, c1x2);
                FloatVector v2 = FloatVector.broadcast(S, x[xi + 2]);
                c2x0 = v2.fma(z0, c2x0);
                c2x1 = v2.fma(z1, c2x1);
                c2x2 = v2.fma(z2, c2x2);
                FloatVector v3 = FloatVector.broadcast(S, x[xi + 3]);
                c3x0 = v3.fma(z0, c3x0);
                c3x1 = v3.fma(z1, c3x1);
                c3x2 = v3.fma(z2, c3x2);
                FloatVector v4 = FloatVector.broadcast(S, x[xi + 4]);
                c4x0 = v4.fma(z0, c4x0);
                c4x1 = v4.fma(z1, c4x1);
                c4x2 = v4.fma(z2, c4x2);
                FloatVector v5 = FloatVector.broadcast(S, x[xi + 5]);
                c5x0 = v5.fma(z0, c5x0);
                c5x1 = v5.fma(z1, c5x1);
                c5x2 = v5.fma(z2, c5x2);
                FloatVector v6 = FloatVector.broadcast(S, x[xi + 6]);
                c6x0 = v6.fma(z0, c6x0);
                c6x1 = v6.fma(z1, c6x1);
                c6x2 = v6.fma(z2, c6x2);
                FloatVector v7 = FloatVector.broadcast(S, x[xi + 7]);
                c7x0 = v7.fma(z0, c7x0);
                c7x1 = v7.fma(z1, c7x1);
                c7x2 = v7.fma(z2, c7x2);
            }
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + 16).add(c0x1).intoArray(c, co + 16);
        FloatVector.fromArray(S, c, co + 32).add(c0x2).intoArray(c, co + 32);
        FloatVector.fromArray(S, c, co + ldc).add(c1x0).intoArray(c, co + ldc);
        FloatVector.fromArray(S, c, co + ldc + 16).add(c1x1).intoArray(c, co + ldc + 16);
        FloatVector.fromArray(S, c, co + ldc + 32).add(c1x2).intoArray(c, co + ldc + 32);
        FloatVector.fromArray(S, c, co + 2 * ldc).add(c2x0).intoArray(c, co + 2 * ldc);
        FloatVector.fromArray(S, c, co + 2 * ldc + 16).add(c2x1).intoArray(c, co + 2 * ldc + 16);
        FloatVector.fromArray(S, c, co + 2 * ldc + 32).add(c2x2).intoArray(c, co + 2 * ldc + 32);
        FloatVector.fromArray(S, c, co + 3 * ldc).add(c3x0).intoArray(c, co + 3 * ldc);
        FloatVector.fromArray(S, c, co + 3 * ldc + 16).add(c3x1).intoArray(c, co + 3 * ldc + 16);
        FloatVector.fromArray(S, c, co + 3 * ldc + 32).add(c3x2).intoArray(c, co + 3 * ldc + 32);
        FloatVector.fromArray(S, c, co + 4 * ldc).add(c4x0).intoArray(c, co + 4 * ldc);
        FloatVector.fromArray(S, c, co + 4 * ldc + 16).add(c4x1).intoArray(c, co + 4 * ldc + 16);
        FloatVector.fromArray(S, c, co + 4 * ldc + 32).add(c4x2).intoArray(c, co + 4 * ldc + 32);
        FloatVector.fromArray(S, c, co + 5 * ldc).add(c5x0).intoArray(c, co + 5 * ldc);
        FloatVector.fromArray(S, c, co + 5 * ldc + 16).add(c5x1).intoArray(c, co + 5 * ldc + 16);
        FloatVector.fromArray(S, c, co + 5 * ldc + 32).add(c5x2).intoArray(c, co + 5 * ldc + 32);
        FloatVector.fromArray(S, c, co + 6 * ldc).add(c6x0).intoArray(c, co + 6 * ldc);
        FloatVector.fromArray(S, c, co + 6 * ldc + 16).add(c6x1).intoArray(c, co + 6 * ldc + 16);
        FloatVector.fromArray(S, c, co + 6 * ldc + 32).add(c6x2).intoArray(c, co + 6 * ldc + 32);
        FloatVector.fromArray(S, c, co + 7 * ldc).add(c7x0).intoArray(c, co + 7 * ldc);
        FloatVector.fromArray(S, c, co + 7 * ldc + 16).add(c7x1).intoArray(c, co + 7 * ldc + 16);
        FloatVector.fromArray(S, c, co + 7 * ldc + 32).add(c7x2).intoArray(c, co + 7 * ldc + 32);
    }
}
