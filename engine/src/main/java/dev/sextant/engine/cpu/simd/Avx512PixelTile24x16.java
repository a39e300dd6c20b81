package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 24 pixels by 1 channel block of 16, pixels 16 floats apart (blocked input); flat, as every tile.
final class Avx512PixelTile24x16 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512PixelTile24x16() {
        super(24, 1, 16);
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
        FloatVector c1x0 = FloatVector.zero(S);
        FloatVector c2x0 = FloatVector.zero(S);
        FloatVector c3x0 = FloatVector.zero(S);
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c6x0 = FloatVector.zero(S);
        FloatVector c7x0 = FloatVector.zero(S);
        FloatVector c8x0 = FloatVector.zero(S);
        FloatVector c9x0 = FloatVector.zero(S);
        FloatVector c10x0 = FloatVector.zero(S);
        FloatVector c11x0 = FloatVector.zero(S);
        FloatVector c12x0 = FloatVector.zero(S);
        FloatVector c13x0 = FloatVector.zero(S);
        FloatVector c14x0 = FloatVector.zero(S);
        FloatVector c15x0 = FloatVector.zero(S);
        FloatVector c16x0 = FloatVector.zero(S);
        FloatVector c17x0 = FloatVector.zero(S);
        FloatVector c18x0 = FloatVector.zero(S);
        FloatVector c19x0 = FloatVector.zero(S);
        FloatVector c20x0 = FloatVector.zero(S);
        FloatVector c21x0 = FloatVector.zero(S);
        FloatVector c22x0 = FloatVector.zero(S);
        FloatVector c23x0 = FloatVector.zero(S);
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 16;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            c0x0 = FloatVector.broadcast(S, x[xi]).fma(w0, c0x0);
            c1x0 = FloatVector.broadcast(S, x[xi + 16]).fma(w0, c1x0);
            c2x0 = FloatVector.broadcast(S, x[xi + 32]).fma(w0, c2x0);
            c3x0 = FloatVector.broadcast(S, x[xi + 48]).fma(w0, c3x0);
            c4x0 = FloatVector.broadcast(S, x[xi + 64]).fma(w0, c4x0);
            c5x0 = FloatVector.broadcast(S, x[xi + 80]).fma(w0, c5x0);
            c6x0 = FloatVector.broadcast(S, x[xi + 96]).fma(w0, c6x0);
            c7x0 = FloatVector.broadcast(S, x[xi + 112]).fma(w0, c7x0);
            c8x0 = FloatVector.broadcast(S, x[xi + 128]).fma(w0, c8x0);
            c9x0 = FloatVector.broadcast(S, x[xi + 144]).fma(w0, c9x0);
            c10x0 = FloatVector.broadcast(S, x[xi + 160]).fma(w0, c10x0);
            c11x0 = FloatVector.broadcast(S, x[xi + 176]).fma(w0, c11x0);
            c12x0 = FloatVector.broadcast(S, x[xi + 192]).fma(w0, c12x0);
            c13x0 = FloatVector.broadcast(S, x[xi + 208]).fma(w0, c13x0);
            c14x0 = FloatVector.broadcast(S, x[xi + 224]).fma(w0, c14x0);
            c15x0 = FloatVector.broadcast(S, x[xi + 240]).fma(w0, c15x0);
            c16x0 = FloatVector.broadcast(S, x[xi + 256]).fma(w0, c16x0);
            c17x0 = FloatVector.broadcast(S, x[xi + 272]).fma(w0, c17x0);
            c18x0 = FloatVector.broadcast(S, x[xi + 288]).fma(w0, c18x0);
            c19x0 = FloatVector.broadcast(S, x[xi + 304]).fma(w0, c19x0);
            c20x0 = FloatVector.broadcast(S, x[xi + 320]).fma(w0, c20x0);
            c21x0 = FloatVector.broadcast(S, x[xi + 336]).fma(w0, c21x0);
            c22x0 = FloatVector.broadcast(S, x[xi + 352]).fma(w0, c22x0);
            c23x0 = FloatVector.broadcast(S, x[xi + 368]).fma(w0, c23x0);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yPixel).add(c1x0).intoArray(y, yo + yPixel);
            FloatVector.fromArray(S, y, yo + 2 * yPixel).add(c2x0).intoArray(y, yo + 2 * yPixel);
            FloatVector.fromArray(S, y, yo + 3 * yPixel).add(c3x0).intoArray(y, yo + 3 * yPixel);
            FloatVector.fromArray(S, y, yo + 4 * yPixel).add(c4x0).intoArray(y, yo + 4 * yPixel);
            FloatVector.fromArray(S, y, yo + 5 * yPixel).add(c5x0).intoArray(y, yo + 5 * yPixel);
            FloatVector.fromArray(S, y, yo + 6 * yPixel).add(c6x0).intoArray(y, yo + 6 * yPixel);
            FloatVector.fromArray(S, y, yo + 7 * yPixel).add(c7x0).intoArray(y, yo + 7 * yPixel);
            FloatVector.fromArray(S, y, yo + 8 * yPixel).add(c8x0).intoArray(y, yo + 8 * yPixel);
            FloatVector.fromArray(S, y, yo + 9 * yPixel).add(c9x0).intoArray(y, yo + 9 * yPixel);
            FloatVector.fromArray(S, y, yo + 10 * yPixel).add(c10x0).intoArray(y, yo + 10 * yPixel);
            FloatVector.fromArray(S, y, yo + 11 * yPixel).add(c11x0).intoArray(y, yo + 11 * yPixel);
            FloatVector.fromArray(S, y, yo + 12 * yPixel).add(c12x0).intoArray(y, yo + 12 * yPixel);
            FloatVector.fromArray(S, y, yo + 13 * yPixel).add(c13x0).intoArray(y, yo + 13 * yPixel);
            FloatVector.fromArray(S, y, yo + 14 * yPixel).add(c14x0).intoArray(y, yo + 14 * yPixel);
            FloatVector.fromArray(S, y, yo + 15 * yPixel).add(c15x0).intoArray(y, yo + 15 * yPixel);
            FloatVector.fromArray(S, y, yo + 16 * yPixel).add(c16x0).intoArray(y, yo + 16 * yPixel);
            FloatVector.fromArray(S, y, yo + 17 * yPixel).add(c17x0).intoArray(y, yo + 17 * yPixel);
            FloatVector.fromArray(S, y, yo + 18 * yPixel).add(c18x0).intoArray(y, yo + 18 * yPixel);
            FloatVector.fromArray(S, y, yo + 19 * yPixel).add(c19x0).intoArray(y, yo + 19 * yPixel);
            FloatVector.fromArray(S, y, yo + 20 * yPixel).add(c20x0).intoArray(y, yo + 20 * yPixel);
            FloatVector.fromArray(S, y, yo + 21 * yPixel).add(c21x0).intoArray(y, yo + 21 * yPixel);
            FloatVector.fromArray(S, y, yo + 22 * yPixel).add(c22x0).intoArray(y, yo + 22 * yPixel);
            FloatVector.fromArray(S, y, yo + 23 * yPixel).add(c23x0).intoArray(y, yo + 23 * yPixel);
        } else {
            c0x0.intoArray(y, yo);
            c1x0.intoArray(y, yo + yPixel);
            c2x0.intoArray(y, yo + 2 * yPixel);
            c3x0.intoArray(y, yo + 3 * yPixel);
            c4x0.intoArray(y, yo + 4 * yPixel);
            c5x0.intoArray(y, yo + 5 * yPixel);
            c6x0.intoArray(y, yo + 6 * yPixel);
            c7x0.intoArray(y, yo + 7 * yPixel);
            c8x0.intoArray(y, yo + 8 * yPixel);
            c9x0.intoArray(y, yo + 9 * yPixel);
            c10x0.intoArray(y, yo + 10 * yPixel);
            c11x0.intoArray(y, yo + 11 * yPixel);
            c12x0.intoArray(y, yo + 12 * yPixel);
            c13x0.intoArray(y, yo + 13 * yPixel);
            c14x0.intoArray(y, yo + 14 * yPixel);
            c15x0.intoArray(y, yo + 15 * yPixel);
            c16x0.intoArray(y, yo + 16 * yPixel);
            c17x0.intoArray(y, yo + 17 * yPixel);
            c18x0.intoArray(y, yo + 18 * yPixel);
            c19x0.intoArray(y, yo + 19 * yPixel);
            c20x0.intoArray(y, yo + 20 * yPixel);
            c21x0.intoArray(y, yo + 21 * yPixel);
            c22x0.intoArray(y, yo + 22 * yPixel);
            c23x0.intoArray(y, yo + 23 * yPixel);
        }
    }
}
