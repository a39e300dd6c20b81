package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 source channels by 2 blocks of 8 result channels.
final class Avx2BandTile4x16 extends BandTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2BandTile4x16() {
        super(4, 2);
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
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        for (int row = 0; row < rows; row++) {
            int xr = xo + row * xRow;
            int zr = zo + row * zRow;
            for (int p = 0; p < width; p++) {
                int xi = xr + p * 8;
                int zi = zr + p * 8;
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
