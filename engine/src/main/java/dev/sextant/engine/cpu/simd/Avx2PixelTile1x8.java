package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 pixels by 1 channel block of 8, pixels 8 floats apart (blocked input); flat, as every tile.
final class Avx2PixelTile1x8 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2PixelTile1x8() {
        super(1, 1, 8);
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
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 8;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            c0x0 = FloatVector.broadcast(S, x[xi]).fma(w0, c0x0);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
        } else {
            c0x0.intoArray(y, yo);
        }
    }
}
