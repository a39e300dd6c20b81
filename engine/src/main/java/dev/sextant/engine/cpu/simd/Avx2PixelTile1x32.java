package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 pixels by 4 channel blocks of 8, pixels 8 floats apart (blocked input); flat, as every tile.
final class Avx2PixelTile1x32 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2PixelTile1x32() {
        super(1, 4, 8);
    }

    @Override
    void run(int from, int to, float[] x, int xo, int[] shift, float[] w, int wo, float[] y, int yo, int yPixel,
            int yBlock,
            boolean add) {
        multiply(to, x, xo, shift, w, wo, from, y, yo, yPixel, yBlock, add);
    }

    private static void multiply(int to, float[] x, int xo, int[] shift, float[] w, int wo, int from, float[] y,
            int yo, int yPixel, int yBlock, boolean add) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c0x3 = FloatVector.zero(S);
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 32;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            FloatVector w1 = FloatVector.fromArray(S, w, wi + 8);
            FloatVector w2 = FloatVector.fromArray(S, w, wi + 16);
            FloatVector w3 = FloatVector.fromArray(S, w, wi + 24);
            FloatVector x0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = x0.fma(w0, c0x0);
            c0x1 = x0.fma(w1, c0x1);
            c0x2 = x0.fma(w2, c0x2);
            c0x3 = x0.fma(w3, c0x3);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yBlock).add(c0x1).intoArray(y, yo + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yBlock).add(c0x2).intoArray(y, yo + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yBlock).add(c0x3).intoArray(y, yo + 3 * yBlock);
        } else {
            c0x0.intoArray(y, yo);
            c0x1.intoArray(y, yo + yBlock);
            c0x2.intoArray(y, yo + 2 * yBlock);
            c0x3.intoArray(y, yo + 3 * yBlock);
        }
    }
}
