package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 4 rows of `x` by 6 rows of `w`: 24 accumulators of 16 partial sums.
final class Avx512DotTile4x6 extends DotTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512DotTile4x6() {
        super(4, 6);
    }

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        multiply(length, x, xo, w, wo, wRow, c, co);
    }

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        int w1 = wo + wRow;
        int w2 = wo + 2 * wRow;
        int w3 = wo + 3 * wRow;
        int w4 = wo + 4 * wRow;
        int w5 = wo + 5 * wRow;
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c0x3 = FloatVector.zero(S);
        FloatVector c0x4 = FloatVector.zero(S);
        FloatVector c0x5 = FloatVector.zero(S);
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c1x2 = FloatVector.zero(S);
        FloatVector c1x3 = FloatVector.zero(S);
        FloatVector c1x4 = FloatVector.zero(S);
        FloatVector c1x5 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c2x2 = FloatVector.zero(S);
        FloatVector c2x3 = FloatVector.zero(S);
        FloatVector c2x4 = FloatVector.zero(S);
        FloatVector c2x5 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        FloatVector c3x2 = FloatVector.zero(S);
        FloatVector c3x3 = FloatVector.zero(S);
        FloatVector c3x4 = FloatVector.zero(S);
        FloatVector c3x5 = FloatVector.zero(S);
        for (int k = 0; k < length; k += 16) {
            int xi = xo + k * 4;
            FloatVector x0 = FloatVector.fromArray(S, x, xi);
            FloatVector x1 = FloatVector.fromArray(S, x, xi + 16);
            FloatVector x2 = FloatVector.fromArray(S, x, xi + 32);
            FloatVector x3 = FloatVector.fromArray(S, x, xi + 48);
            FloatVector v0 = FloatVector.fromArray(S, w, wo + k);
            c0x0 = x0.fma(v0, c0x0);
            c1x0 = x1.fma(v0, c1x0);
            c2x0 = x2.fma(v0, c2x0);
            c3x0 = x3.fma(v0, c3x0);
            FloatVector v1 = FloatVector.fromArray(S, w, w1 + k);
            c0x1 = x0.fma(v1, c0x1);
            c1x1 = x1.fma(v1, c1x1);
            c2x1 = x2.fma(v1, c2x1);
            c3x1 = x3.fma(v1, c3x1);
            FloatVector v2 = FloatVector.fromArray(S, w, w2 + k);
            c0x2 = x0.fma(v2, c0x2);
            c1x2 = x1.fma(v2, c1x2);
            c2x2 = x2.fma(v2, c2x2);
            c3x2 = x3.fma(v2, c3x2);
            FloatVector v3 = FloatVector.fromArray(S, w, w3 + k);
            c0x3 = x0.fma(v3, c0x3);
            c1x3 = x1.fma(v3, c1x3);
            c2x3 = x2.fma(v3, c2x3);
            c3x3 = x3.fma(v3, c3x3);
            FloatVector v4 = FloatVector.fromArray(S, w, w4 + k);
            c0x4 = x0.fma(v4, c0x4);
            c1x4 = x1.fma(v4, c1x4);
            c2x4 = x2.fma(v4, c2x4);
            c3x4 = x3.fma(v4, c3x4);
            FloatVector v5 = FloatVector.fromArray(S, w, w5 + k);
            c0x5 = x0.fma(v5, c0x5);
            c1x5 = x1.fma(v5, c1x5);
            c2x5 = x2.fma(v5, c2x5);
            c3x5 = x3.fma(v5, c3x5);
        }
        FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
        FloatVector.fromArray(S, c, co + 16).add(c0x1).intoArray(c, co + 16);
        FloatVector.fromArray(S, c, co + 32).add(c0x2).intoArray(c, co + 32);
        FloatVector.fromArray(S, c, co + 48).add(c0x3).intoArray(c, co + 48);
        FloatVector.fromArray(S, c, co + 64).add(c0x4).intoArray(c, co + 64);
        FloatVector.fromArray(S, c, co + 80).add(c0x5).intoArray(c, co + 80);
        FloatVector.fromArray(S, c, co + 96).add(c1x0).intoArray(c, co + 96);
        FloatVector.fromArray(S, c, co + 112).add(c1x1).intoArray(c, co + 112);
        FloatVector.fromArray(S, c, co + 128).add(c1x2).intoArray(c, co + 128);
        FloatVector.fromArray(S, c, co + 144).add(c1x3).intoArray(c, co + 144);
        FloatVector.fromArray(S, c, co + 160).add(c1x4).intoArray(c, co + 160);
        FloatVector.fromArray(S, c, co + 176).add(c1x5).intoArray(c, co + 176);
        FloatVector.fromArray(S, c, co + 192).add(c2x0).intoArray(c, co + 192);
        FloatVector.fromArray(S, c, co + 208).add(c2x1).intoArray(c, co + 208);
        FloatVector.fromArray(S, c, co + 224).add(c2x2).intoArray(c, co + 224);
        FloatVector.fromArray(S, c, co + 240).add(c2x3).intoArray(c, co + 240);
        FloatVector.fromArray(S, c, co + 256).add(c2x4).intoArray(c, co + 256);
        FloatVector.fromArray(S, c, co + 272).add(c2x5).intoArray(c, co + 272);
        FloatVector.fromArray(S, c, co + 288).add(c3x0).intoArray(c, co + 288);
        FloatVector.fromArray(S, c, co + 304).add(c3x1).intoArray(c, co + 304);
        FloatVector.fromArray(S, c, co + 320).add(c3x2).intoArray(c, co + 320);
        FloatVector.fromArray(S, c, co + 336).add(c3x3).intoArray(c, co + 336);
        FloatVector.fromArray(S, c, co + 352).add(c3x4).intoArray(c, co + 352);
        FloatVector.fromArray(S, c, co + 368).add(c3x5).intoArray(c, co + 368);
    }
}
