package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 8 pixels by 1 channel block of 8, pixels side by side (row-major input); flat, as every tile.
final class Avx2PlanarTile8x8 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2PlanarTile8x8() {
        super(8, 1, 1);
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
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 8;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            c0x0 = FloatVector.broadcast(S, x[xi]).fma(w0, c0x0);
            c1x0 = FloatVector.broadcast(S, x[xi + 1]).fma(w0, c1x0);
            c2x0 = FloatVector.broadcast(S, x[xi + 2]).fma(w0, c2x0);
            c3x0 = FloatVector.broadcast(S, x[xi + 3]).fma(w0, c3x0);
            c4x0 = FloatVector.broadcast(S, x[xi + 4]).fma(w0, c4x0);
            c5x0 = FloatVector.broadcast(S, x[xi + 5]).fma(w0, c5x0);
            c6x0 = FloatVector.broadcast(S, x[xi + 6]).fma(w0, c6x0);
            c7x0 = FloatVector.broadcast(S, x[xi + 7]).fma(w0, c7x0);
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
        } else {
            c0x0.intoArray(y, yo);
            c1x0.intoArray(y, yo + yPixel);
            c2x0.intoArray(y, yo + 2 * yPixel);
            c3x0.intoArray(y, yo + 3 * yPixel);
            c4x0.intoArray(y, yo + 4 * yPixel);
            c5x0.intoArray(y, yo + 5 * yPixel);
            c6x0.intoArray(y, yo + 6 * yPixel);
            c7x0.intoArray(y, yo + 7 * yPixel);
        }
    }
}
