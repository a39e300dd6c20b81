package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Loops of [BlockedNorm], one vector of channels per pixel, over `images` planes that lie `step` apart. What belongs to
/// a channel (mean, scale, shift) is a vector at `c` of its array.
final class VectorNorm {
    private static final int LANES = BlockedView.LANES;
    /// Pixels that are summed in single precision before their sum goes on in double precision.
    static final int PIECE = 256;
    /// Pixels whose mean is the centre of a sum of squares.
    private static final int SAMPLE = 16;

    private VectorNorm() {
    }

    /// Of pixels in one or several planes: a centre near their mean, `Σ (x − centre)` and `Σ (x − centre)²`, one
    /// after the other from `sums[at]` on.
    static void moments(float[] x, int from, int step, int images, int pixels, double[] sums, int at) {
        float[] lanes = Scratch.ofThread().floats(Scratch.LANES, LANES);
        int sample = Math.min(SAMPLE, pixels);
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < sample; i++) {
            sum = sum.add(FloatVector.fromArray(S, x, from + i * LANES));
        }
        sum.div(sample).intoArray(lanes, 0);
        for (int lane = 0; lane < LANES; lane++) {
            sums[at + lane] = lanes[lane];
            sums[at + LANES + lane] = 0;
            sums[at + 2 * LANES + lane] = 0;
        }
        for (int p = 0; p < pixels; p += PIECE) {
            momentsOfPiece(x, from + p * LANES, step, images, Math.min(PIECE, pixels - p), lanes, sums, at + LANES);
        }
    }

    private static void momentsOfPiece(float[] x, int from, int step, int images, int pixels, float[] lanes,
            double[] sums, int at) {
        FloatVector centre = FloatVector.fromArray(S, lanes, 0);
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        FloatVector evenSquares = FloatVector.zero(S);
        FloatVector oddSquares = FloatVector.zero(S);
        for (int n = 0; n < images; n++) {
            int i = from + n * step;
            int end = i + pixels * LANES;
            for (; i < end - LANES; i += 2 * LANES) {
                FloatVector a = FloatVector.fromArray(S, x, i).sub(centre);
                FloatVector b = FloatVector.fromArray(S, x, i + LANES).sub(centre);
                even = even.add(a);
                odd = odd.add(b);
                evenSquares = a.fma(a, evenSquares);
                oddSquares = b.fma(b, oddSquares);
            }
            if (i < end) {
                FloatVector a = FloatVector.fromArray(S, x, i).sub(centre);
                even = even.add(a);
                evenSquares = a.fma(a, evenSquares);
            }
        }
        VectorBlocks.spill(even.add(odd), sums, at);
        VectorBlocks.spill(evenSquares.add(oddSquares), sums, at + LANES);
    }

    /// `Σ z` and `Σ z·(x − mean)`, one after the other from `sums[at]` on.
    static void gradientSums(float[] z, int zo, int zStep, float[] x, int xo, int xStep, int images, int pixels,
            float[] mean, int c, double[] sums, int at) {
        Arrays.fill(sums, at, at + 2 * LANES, 0);
        for (int p = 0; p < pixels; p += PIECE) {
            gradientSumsOfPiece(z, zo + p * LANES, zStep, x, xo + p * LANES, xStep, images,
                    Math.min(PIECE, pixels - p), mean, c, sums, at);
        }
    }

    private static void gradientSumsOfPiece(float[] z, int zo, int zStep, float[] x, int xo, int xStep, int images,
            int pixels, float[] mean, int c, double[] sums, int at) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        FloatVector evenDot = FloatVector.zero(S);
        FloatVector oddDot = FloatVector.zero(S);
        for (int n = 0; n < images; n++) {
            int zi = zo + n * zStep;
            int xi = xo + n * xStep;
            int i = 0;
            for (; i < (pixels - 1) * LANES; i += 2 * LANES) {
                FloatVector a = FloatVector.fromArray(S, z, zi + i);
                FloatVector b = FloatVector.fromArray(S, z, zi + i + LANES);
                even = even.add(a);
                odd = odd.add(b);
                evenDot = FloatVector.fromArray(S, x, xi + i).sub(m).fma(a, evenDot);
                oddDot = FloatVector.fromArray(S, x, xi + i + LANES).sub(m).fma(b, oddDot);
            }
            if (i < pixels * LANES) {
                FloatVector a = FloatVector.fromArray(S, z, zi + i);
                even = even.add(a);
                evenDot = FloatVector.fromArray(S, x, xi + i).sub(m).fma(a, evenDot);
            }
        }
        VectorBlocks.spill(even.add(odd), sums, at);
        VectorBlocks.spill(evenDot.add(oddDot), sums, at + LANES);
    }

    /// As [#gradientSums], of `dz`: `dy` where `scale·(x − mean) + shift` is positive, else 0.
    static void reluGradientSums(float[] dy, int zo, int zStep, float[] x, int xo, int xStep, int images, int pixels,
            float[] mean, float[] scale, float[] shift, int c, double[] sums, int at) {
        Arrays.fill(sums, at, at + 2 * LANES, 0);
        for (int p = 0; p < pixels; p += PIECE) {
            reluGradientSumsOfPiece(dy, zo + p * LANES, zStep, x, xo + p * LANES, xStep, images,
                    Math.min(PIECE, pixels - p), mean, scale, shift, c, sums, at);
        }
    }

    private static void reluGradientSumsOfPiece(float[] dy, int zo, int zStep, float[] x, int xo, int xStep, int images,
            int pixels, float[] mean, float[] scale, float[] shift, int c, double[] sums, int at) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector s = FloatVector.fromArray(S, scale, c);
        FloatVector t = FloatVector.fromArray(S, shift, c);
        FloatVector sum = FloatVector.zero(S);
        FloatVector dot = FloatVector.zero(S);
        for (int n = 0; n < images; n++) {
            int zi = zo + n * zStep;
            int xi = xo + n * xStep;
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector d = FloatVector.fromArray(S, x, xi + i).sub(m);
                FloatVector z = FloatVector.fromArray(S, dy, zi + i)
                        .blend(0f, d.fma(s, t).compare(VectorOperators.LE, 0f));
                sum = sum.add(z);
                dot = d.fma(z, dot);
            }
        }
        VectorBlocks.spill(sum, sums, at);
        VectorBlocks.spill(dot, sums, at + LANES);
    }

    /// `y = scale·(x − mean) + shift`, of one plane.
    static void normalize(float[] x, int xo, float[] mean, float[] scale, float[] shift, int c, float[] y, int yo,
            int pixels, boolean relu) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector a = FloatVector.fromArray(S, scale, c);
        FloatVector b = FloatVector.fromArray(S, shift, c);
        if (relu) {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, b);
                v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
            }
        } else {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, b).intoArray(y, yo + i);
            }
        }
    }

    /// `y = scale·(x − mean) + shift + z`, of one plane.
    static void normalizeAdd(float[] x, int xo, float[] z, int zo, float[] mean, float[] scale, float[] shift, int c,
            float[] y, int yo, int pixels, boolean relu) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector a = FloatVector.fromArray(S, scale, c);
        FloatVector b = FloatVector.fromArray(S, shift, c);
        if (relu) {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, b)
                        .add(FloatVector.fromArray(S, z, zo + i));
                v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
            }
        } else {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, b).add(FloatVector.fromArray(S, z, zo + i))
                        .intoArray(y, yo + i);
            }
        }
    }

    /// `dx (+)= onX·(x − mean) + onZ·z + add`, of one plane.
    static void combine(float[] x, int xo, float[] z, int zo, float[] mean, float[] onX, float[] onZ, float[] add,
            int c, float[] dx, int to, int pixels, boolean adds) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector a = FloatVector.fromArray(S, onX, c);
        FloatVector b = FloatVector.fromArray(S, onZ, c);
        FloatVector e = FloatVector.fromArray(S, add, c);
        if (adds) {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, z, zo + i).fma(b, e);
                v = FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, v);
                FloatVector.fromArray(S, dx, to + i).add(v).intoArray(dx, to + i);
            }
        } else {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, z, zo + i).fma(b, e);
                FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, v).intoArray(dx, to + i);
            }
        }
    }

    /// As [#combine], of `z`: `dy` where `scale·(x − mean) + shift` is positive, else 0.
    static void reluCombine(float[] x, int xo, float[] dy, int zo, float[] mean, float[] scale, float[] shift,
            float[] onX, float[] onZ, float[] add, int c, float[] dx, int to, int pixels, boolean adds) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector s = FloatVector.fromArray(S, scale, c);
        FloatVector t = FloatVector.fromArray(S, shift, c);
        FloatVector a = FloatVector.fromArray(S, onX, c);
        FloatVector b = FloatVector.fromArray(S, onZ, c);
        FloatVector e = FloatVector.fromArray(S, add, c);
        if (adds) {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(m);
                VectorMask<Float> off = d.fma(s, t).compare(VectorOperators.LE, 0f);
                FloatVector v = d.fma(a, FloatVector.fromArray(S, dy, zo + i).blend(0f, off).fma(b, e));
                FloatVector.fromArray(S, dx, to + i).add(v).intoArray(dx, to + i);
            }
        } else {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector d = FloatVector.fromArray(S, x, xo + i).sub(m);
                VectorMask<Float> off = d.fma(s, t).compare(VectorOperators.LE, 0f);
                d.fma(a, FloatVector.fromArray(S, dy, zo + i).blend(0f, off).fma(b, e)).intoArray(dx, to + i);
            }
        }
    }
}
