package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 3 pixels by 3 channel blocks of 8, pixels 8 floats apart (blocked input); flat, as every tile.
final class Avx2PixelTile3x24 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2PixelTile3x24() {
        super(3, 3, 8);
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
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c1x2 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c2x2 = FloatVector.zero(S);
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 24;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            FloatVector w1 = FloatVector.fromArray(S, w, wi + 8);
            FloatVector w2 = FloatVector.fromArray(S, w, wi + 16);
            FloatVector x0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = x0.fma(w0, c0x0);
            c0x1 = x0.fma(w1, c0x1);
            c0x2 = x0.fma(w2, c0x2);
            FloatVector x1 = FloatVector.broadcast(S, x[xi + 8]);
            c1x0 = x1.fma(w0, c1x0);
            c1x1 = x1.fma(w1, c1x1);
            c1x2 = x1.fma(w2, c1x2);
            FloatVector x2 = FloatVector.broadcast(S, x[xi + 16]);
            c2x0 = x2.fma(w0, c2x0);
            c2x1 = x2.fma(w1, c2x1);
            c2x2 = x2.fma(w2, c2x2);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yBlock).add(c0x1).intoArray(y, yo + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yBlock).add(c0x2).intoArray(y, yo + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + yPixel).add(c1x0).intoArray(y, yo + yPixel);
            FloatVector.fromArray(S, y, yo + yPixel + yBlock).add(c1x1).intoArray(y, yo + yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + yPixel + 2 * yBlock).add(c1x2).intoArray(y, yo + yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel).add(c2x0).intoArray(y, yo + 2 * yPixel);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + yBlock).add(c2x1).intoArray(y, yo + 2 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + 2 * yBlock).add(c2x2).intoArray(y,
                    yo + 2 * yPixel + 2 * yBlock);
        } else {
            c0x0.intoArray(y, yo);
            c0x1.intoArray(y, yo + yBlock);
            c0x2.intoArray(y, yo + 2 * yBlock);
            c1x0.intoArray(y, yo + yPixel);
            c1x1.intoArray(y, yo + yPixel + yBlock);
            c1x2.intoArray(y, yo + yPixel + 2 * yBlock);
            c2x0.intoArray(y, yo + 2 * yPixel);
            c2x1.intoArray(y, yo + 2 * yPixel + yBlock);
            c2x2.intoArray(y, yo + 2 * yPixel + 2 * yBlock);
        }
    }
}
