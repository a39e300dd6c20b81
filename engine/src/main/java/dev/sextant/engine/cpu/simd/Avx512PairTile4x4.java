package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 channels by 4 taps, 16 accumulators of 16 images each.
final class Avx512PairTile4x4 extends PairTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512PairTile4x4() {
        super(4, 4);
    }

    @Override
    void run(int rows, int columns, float[] z, int zo, int zPlane, float[] x, int xo, int xRow, int[] shift, int t,
            float[] c, int co, int ldc) {
        multiply(rows, columns, z, zo, zPlane, x, xo, xRow, shift, t, c, co, ldc);
    }

    private static void multiply(int rows, int columns, float[] z, int zo, int zPlane, float[] x, int xo, int xRow,
            int[] shift, int t, float[] c, int co, int ldc) {
        int x0 = xo + shift[t];
        int x1 = xo + shift[t + 1];
        int x2 = xo + shift[t + 2];
        int x3 = xo + shift[t + 3];
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
        for (int p = 0; p < rows; p++) {
            int zr = zo + p * columns * 16;
            int xr = p * xRow;
            for (int q = 0; q < columns; q++) {
                int zi = zr + q * 16;
                int xi = xr + q * 16;
                FloatVector z0 = FloatVector.fromArray(S, z, zi);
                FloatVector z1 = FloatVector.fromArray(S, z, zi + zPlane);
                FloatVector z2 = FloatVector.fromArray(S, z, zi + 2 * zPlane);
                FloatVector z3 = FloatVector.fromArray(S, z, zi + 3 * zPlane);
                FloatVector v0 = FloatVector.fromArray(S, x, x0 + xi);
                c0x0 = z0.fma(v0, c0x0);
                c1x0 = z1.fma(v0, c1x0);
                c2x0 = z2.fma(v0, c2x0);
                c3x0 = z3.fma(v0, c3x0);
                FloatVector v1 = FloatVector.fromArray(S, x, x1 + xi);
                c0x1 = z0.fma(v1, c0x1);
                c1x1 = z1.fma(v1, c1x1);
                c2x1 = z2.fma(v1, c2x1);
                c3x1 = z3.fma(v1, c3x1);
                FloatVector v2 = FloatVector.fromArray(S, x, x2 + xi);
                c0x2 = z0.fma(v2, c0x2);
                c1x2 = z1.fma(v2, c1x2);
                c2x2 = z2.fma(v2, c2x2);
                c3x2 = z3.fma(v2, c3x2);
                FloatVector v3 = FloatVector.fromArray(S, x, x3 + xi);
                c0x3 = z0.fma(v3, c0x3);
                c1x3 = z1.fma(v3, c1x3);
                c2x3 = z2.fma(v3, c2x3);
                c3x3 = z3.fma(v3, c3x3);
            }
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
    }
}
