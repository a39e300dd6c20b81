package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 6 pixels by 4 channel blocks of 16, pixels 16 floats apart (blocked input); flat, as every tile.
final class Avx512PixelTile6x64 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512PixelTile6x64() {
        super(6, 4, 16);
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
        FloatVector c4x0 = FloatVector.zero(S);
        FloatVector c4x1 = FloatVector.zero(S);
        FloatVector c4x2 = FloatVector.zero(S);
        FloatVector c4x3 = FloatVector.zero(S);
        FloatVector c5x0 = FloatVector.zero(S);
        FloatVector c5x1 = FloatVector.zero(S);
        FloatVector c5x2 = FloatVector.zero(S);
        FloatVector c5x3 = FloatVector.zero(S);
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 64;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            FloatVector w1 = FloatVector.fromArray(S, w, wi + 16);
            FloatVector w2 = FloatVector.fromArray(S, w, wi + 32);
            FloatVector w3 = FloatVector.fromArray(S, w, wi + 48);
            FloatVector x0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = x0.fma(w0, c0x0);
            c0x1 = x0.fma(w1, c0x1);
            c0x2 = x0.fma(w2, c0x2);
            c0x3 = x0.fma(w3, c0x3);
            FloatVector x1 = FloatVector.broadcast(S, x[xi + 16]);
            c1x0 = x1.fma(w0, c1x0);
            c1x1 = x1.fma(w1, c1x1);
            c1x2 = x1.fma(w2, c1x2);
            c1x3 = x1.fma(w3, c1x3);
            FloatVector x2 = FloatVector.broadcast(S, x[xi + 32]);
            c2x0 = x2.fma(w0, c2x0);
            c2x1 = x2.fma(w1, c2x1);
            c2x2 = x2.fma(w2, c2x2);
            c2x3 = x2.fma(w3, c2x3);
            FloatVector x3 = FloatVector.broadcast(S, x[xi + 48]);
            c3x0 = x3.fma(w0, c3x0);
            c3x1 = x3.fma(w1, c3x1);
            c3x2 = x3.fma(w2, c3x2);
            c3x3 = x3.fma(w3, c3x3);
            FloatVector x4 = FloatVector.broadcast(S, x[xi + 64]);
            c4x0 = x4.fma(w0, c4x0);
            c4x1 = x4.fma(w1, c4x1);
            c4x2 = x4.fma(w2, c4x2);
            c4x3 = x4.fma(w3, c4x3);
            FloatVector x5 = FloatVector.broadcast(S, x[xi + 80]);
            c5x0 = x5.fma(w0, c5x0);
            c5x1 = x5.fma(w1, c5x1);
            c5x2 = x5.fma(w2, c5x2);
            c5x3 = x5.fma(w3, c5x3);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yBlock).add(c0x1).intoArray(y, yo + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yBlock).add(c0x2).intoArray(y, yo + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yBlock).add(c0x3).intoArray(y, yo + 3 * yBlock);
            FloatVector.fromArray(S, y, yo + yPixel).add(c1x0).intoArray(y, yo + yPixel);
            FloatVector.fromArray(S, y, yo + yPixel + yBlock).add(c1x1).intoArray(y, yo + yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + yPixel + 2 * yBlock).add(c1x2).intoArray(y, yo + yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + yPixel + 3 * yBlock).add(c1x3).intoArray(y, yo + yPixel + 3 * yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel).add(c2x0).intoArray(y, yo + 2 * yPixel);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + yBlock).add(c2x1).intoArray(y, yo + 2 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + 2 * yBlock).add(c2x2).intoArray(y,
                    yo + 2 * yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 2 * yPixel + 3 * yBlock).add(c2x3).intoArray(y,
                    yo + 2 * yPixel + 3 * yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yPixel).add(c3x0).intoArray(y, yo + 3 * yPixel);
            FloatVector.fromArray(S, y, yo + 3 * yPixel + yBlock).add(c3x1).intoArray(y, yo + 3 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yPixel + 2 * yBlock).add(c3x2).intoArray(y,
                    yo + 3 * yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 3 * yPixel + 3 * yBlock).add(c3x3).intoArray(y,
                    yo + 3 * yPixel + 3 * yBlock);
            FloatVector.fromArray(S, y, yo + 4 * yPixel).add(c4x0).intoArray(y, yo + 4 * yPixel);
            FloatVector.fromArray(S, y, yo + 4 * yPixel + yBlock).add(c4x1).intoArray(y, yo + 4 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 4 * yPixel + 2 * yBlock).add(c4x2).intoArray(y,
                    yo + 4 * yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 4 * yPixel + 3 * yBlock).add(c4x3).intoArray(y,
                    yo + 4 * yPixel + 3 * yBlock);
            FloatVector.fromArray(S, y, yo + 5 * yPixel).add(c5x0).intoArray(y, yo + 5 * yPixel);
            FloatVector.fromArray(S, y, yo + 5 * yPixel + yBlock).add(c5x1).intoArray(y, yo + 5 * yPixel + yBlock);
            FloatVector.fromArray(S, y, yo + 5 * yPixel + 2 * yBlock).add(c5x2).intoArray(y,
                    yo + 5 * yPixel + 2 * yBlock);
            FloatVector.fromArray(S, y, yo + 5 * yPixel + 3 * yBlock).add(c5x3).intoArray(y,
                    yo + 5 * yPixel + 3 * yBlock);
        } else {
            c0x0.intoArray(y, yo);
            c0x1.intoArray(y, yo + yBlock);
            c0x2.intoArray(y, yo + 2 * yBlock);
            c0x3.intoArray(y, yo + 3 * yBlock);
            c1x0.intoArray(y, yo + yPixel);
            c1x1.intoArray(y, yo + yPixel + yBlock);
            c1x2.intoArray(y, yo + yPixel + 2 * yBlock);
            c1x3.intoArray(y, yo + yPixel + 3 * yBlock);
            c2x0.intoArray(y, yo + 2 * yPixel);
            c2x1.intoArray(y, yo + 2 * yPixel + yBlock);
            c2x2.intoArray(y, yo + 2 * yPixel + 2 * yBlock);
            c2x3.intoArray(y, yo + 2 * yPixel + 3 * yBlock);
            c3x0.intoArray(y, yo + 3 * yPixel);
            c3x1.intoArray(y, yo + 3 * yPixel + yBlock);
            c3x2.intoArray(y, yo + 3 * yPixel + 2 * yBlock);
            c3x3.intoArray(y, yo + 3 * yPixel + 3 * yBlock);
            c4x0.intoArray(y, yo + 4 * yPixel);
            c4x1.intoArray(y, yo + 4 * yPixel + yBlock);
            c4x2.intoArray(y, yo + 4 * yPixel + 2 * yBlock);
            c4x3.intoArray(y, yo + 4 * yPixel + 3 * yBlock);
            c5x0.intoArray(y, yo + 5 * yPixel);
            c5x1.intoArray(y, yo + 5 * yPixel + yBlock);
            c5x2.intoArray(y, yo + 5 * yPixel + 2 * yBlock);
            c5x3.intoArray(y, yo + 5 * yPixel + 3 * yBlock);
        }
    }
}
