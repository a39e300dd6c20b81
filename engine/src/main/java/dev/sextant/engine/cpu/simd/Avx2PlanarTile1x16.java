package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 pixels by 2 channel blocks of 8, pixels side by side (row-major input); flat, as every tile.
final class Avx2PlanarTile1x16 extends PixelTile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    Avx2PlanarTile1x16() {
        super(1, 2, 1);
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
        for (int k = from; k < to; k++) {
            int xi = xo + shift[k];
            int wi = wo + k * 16;
            FloatVector w0 = FloatVector.fromArray(S, w, wi);
            FloatVector w1 = FloatVector.fromArray(S, w, wi + 8);
            FloatVector x0 = FloatVector.broadcast(S, x[xi]);
            c0x0 = x0.fma(w0, c0x0);
            c0x1 = x0.fma(w1, c0x1);
        }
        if (add) {
            FloatVector.fromArray(S, y, yo).add(c0x0).intoArray(y, yo);
            FloatVector.fromArray(S, y, yo + yBlock).add(c0x1).intoArray(y, yo + yBlock);
        } else {
            c0x0.intoArray(y, yo);
            c0x1.intoArray(y, yo + yBlock);
        }
    }
}
