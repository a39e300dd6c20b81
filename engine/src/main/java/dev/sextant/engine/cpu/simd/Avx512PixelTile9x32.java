package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 9 pixels by 2 channel blocks of 16, pixels 16 floats apart (blocked input); flat, as every tile.
final class Avx512PixelTile9x32 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512PixelTile9x32() {
        super(9, 2, 16);
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
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c1x1 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c2x1 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c3x1 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c4x1 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c5x1 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c6x1 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        FloatVector c7x1 = FloatVector.zero(S);
        FloatVector c8x0 = FloatVector.zero(S);
        FloatVector c8x1 = FloatVector.zero(S);
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 32;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            FloatVector w1 = FloatVector.fromArray(S, w, wi + 16);
            FloatVector x0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = x0.fma(w0, c0x0);
            c0x1 = x0.fma(w1, c0x1);
            FloatVector x1 = FloatVector.broadcast(S, x[xi + 16]);
            c1x0 = x1.fma(w0, c1x0);
            c1x1 = x1.fma(w1, c1x1);
            FloatVector x2 = FloatVector.broadcast(S, x[xi + 32]);
            c2x0 = x2.fma(w0, c2x0);
            c2x1 = x2.fma(w1, c2x1);
            FloatVector x3 = FloatVector.broadcast(S, x[xi + 48]);
            c3x0 = x3.fma(w0, c3x0);
            c3x1 = x3.fma(w1, c3x1);
            FloatVector x4 = FloatVector.broadcast(S, x[xi + 64]);
            c4x0 = x4.fma(w0, c4x0);
            c4x1 = x4.fma(w1, c4x1);
            FloatVector x5 = FloatVector.broadcast(S, x[xi + 80]);
            c5x0 = x5.fma(w0, c5x0);
            c5x1 = x5.fma(w1, c5x1);
            FloatVector x6 = FloatVector.broadcast(S, x[xi + 96]);
            c6x0 = x6.fma(w0, c6x0);
            c6x1 = x6.fma(w1, c6x1);
            FloatVector x7 = FloatVector.broadcast(S, x[xi + 112]);
            c7x0 = x7.fma(w0, c7x0);
            c7x1 = x7.fma(w1, c7x1);
            FloatVector x8 = FloatVector.broadcast(S, x[xi + 128]);
            c8x0 = x8.fma(w0, c8x0);
            c8x1 = x8.fma(w1, c8x1);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yBlock).add(c0x1).intoArray(y, yo + yBlock);
            FloatVector.fromArray(S, y, yo + yPixel).add(c1x0).intoArray(y, yo + yPixel);
            FloatVector.fromArray(S, y, yo + yPixel + yBlock).add(c1x1).intoArray(y, yo + yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel).add(c2x0).intoArray(y, yo + 2 * yPixel);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + yBlock).add(c2x1).intoArray(y, yo + 2 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yPixel).add(c3x0).intoArray(y, yo + 3 * yPixel);
            FloatVector.fromArray(S, y, yo + 3 * yPixel + yBlock).add(c3x1).intoArray(y, yo + 3 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 4 * yPixel).add(c4x0).intoArray(y, yo + 4 * yPixel);
            FloatVector.fromArray(S, y, yo + 4 * yPixel + yBlock).add(c4x1).intoArray(y, yo + 4 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 5 * yPixel).add(c5x0).intoArray(y, yo + 5 * yPixel);
            FloatVector.fromArray(S, y, yo + 5 * yPixel + yBlock).add(c5x1).intoArray(y, yo + 5 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 6 * yPixel).add(c6x0).intoArray(y, yo + 6 * yPixel);
            FloatVector.fromArray(S, y, yo + 6 * yPixel + yBlock).add(c6x1).intoArray(y, yo + 6 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 7 * yPixel).add(c7x0).intoArray(y, yo + 7 * yPixel);
            FloatVector.fromArray(S, y, yo + 7 * yPixel + yBlock).add(c7x1).intoArray(y, yo + 7 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 8 * yPixel).add(c8x0).intoArray(y, yo + 8 * yPixel);
            FloatVector.fromArray(S, y, yo + 8 * yPixel + yBlock).add(c8x1).intoArray(y, yo + 8 * yPixel + yBlock);
        } else {
            c0x0.intoArray(y, yo);
            c0x1.intoArray(y, yo + yBlock);
            c1x0.intoArray(y, yo + yPixel);
            c1x1.intoArray(y, yo + yPixel + yBlock);
            c2x0.intoArray(y, yo + 2 * yPixel);
            c2x1.intoArray(y, yo + 2 * yPixel + yBlock);
            c3x0.intoArray(y, yo + 3 * yPixel);
            c3x1.intoArray(y, yo + 3 * yPixel + yBlock);
            c4x0.intoArray(y, yo + 4 * yPixel);
            c4x1.intoArray(y, yo + 4 * yPixel + yBlock);
            c5x0.intoArray(y, yo + 5 * yPixel);
            c5x1.intoArray(y, yo + 5 * yPixel + yBlock);
            c6x0.intoArray(y, yo + 6 * yPixel);
            c6x1.intoArray(y, yo + 6 * yPixel + yBlock);
            c7x0.intoArray(y, yo + 7 * yPixel);
            c7x1.intoArray(y, yo + 7 * yPixel + yBlock);
            c8x0.intoArray(y, yo + 8 * yPixel);
            c8x1.intoArray(y, yo + 8 * yPixel + yBlock);
        }
    }
}
