package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// Loops over the pixels of a block, one vector per pixel: the lanes are channels, so that whatever belongs to a channel
/// (a bias, a mean, a sum) is one vector.
final class VectorBlocks {
    private static final int LANES = BlockedView.LANES;

    private VectorBlocks() {
    }

    /// `y[pixel] += v`.
    static void addToPixels(float[] v, int vo, float[] y, int at, int pixels) {
        FloatVector add = FloatVector.fromArray(S, v, vo);
        for (int i = 0; i < pixels; i++) {
            FloatVector.fromArray(S, y, at + i * LANES).add(add).intoArray(y, at + i * LANES);
        }
    }

    /// `y (+)= x` for `pixels` pixels that lie some way apart.
    static void copyPixels(float[] x, int xo, int xStep, float[] y, int yo, int yStep, int pixels, boolean add) {
        if (add) {
            for (int i = 0; i < pixels; i++) {
                FloatVector.fromArray(S, y, yo + i * yStep).add(FloatVector.fromArray(S, x, xo + i * xStep))
                        .intoArray(y, yo + i * yStep);
            }
        } else {
            for (int i = 0; i < pixels; i++) {
                FloatVector.fromArray(S, x, xo + i * xStep).intoArray(y, yo + i * yStep);
            }
        }
    }

    /// `sums[at + lane] += Σ z` over `images` planes that lie `step` apart.
    static void sum(float[] z, int from, int step, int images, int pixels, double[] sums, int at) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        for (int n = 0; n < images; n++) {
            int i = from + n * step;
            int end = i + pixels * LANES;
            for (; i < end - LANES; i += 2 * LANES) {
                even = even.add(FloatVector.fromArray(S, z, i));
                odd = odd.add(FloatVector.fromArray(S, z, i + LANES));
            }
            if (i < end) {
                even = even.add(FloatVector.fromArray(S, z, i));
            }
        }
        spill(even.add(odd), sums, at);
    }

    /// `sums[at + lane] += v`, in double precision.
    static void spill(FloatVector v, double[] sums, int at) {
        float[] lanes = Scratch.ofThread().floats(Scratch.SPILL, LANES);
        v.intoArray(lanes, 0);
        for (int i = 0; i < LANES; i++) {
            sums[at + i] += lanes[i];
        }
    }
}
