package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Loops over the pixels of a block, one vector per pixel: the lanes are channels, so that whatever belongs to a channel
/// (a bias, a mean, a sum) is one vector.
final class VectorBlocks {
    private static final int LANES = BlockedView.LANES;
    /// Pixels that are summed in single precision before their sum goes on in double precision.
    private static final int PIECE = 256;

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

    /// `sums[lane] += Σ x`.
    static void sum(float[] x, int at, int pixels, double[] sums) {
        for (int i = 0; i < pixels; i += PIECE) {
            sumPiece(x, at + i * LANES, Math.min(PIECE, pixels - i), sums);
        }
    }

    private static void sumPiece(float[] x, int at, int pixels, double[] sums) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 <= pixels; i += 2) {
            even = even.add(FloatVector.fromArray(S, x, at + i * LANES));
            odd = odd.add(FloatVector.fromArray(S, x, at + i * LANES + LANES));
        }
        if (i < pixels) {
            even = even.add(FloatVector.fromArray(S, x, at + i * LANES));
        }
        spill(even.add(odd), sums);
    }

    /// `sums[lane] += Σ (x − centre)²`.
    static void centredSquares(float[] x, int at, int pixels, float[] centre, int co, double[] sums) {
        for (int i = 0; i < pixels; i += PIECE) {
            centredSquaresPiece(x, at + i * LANES, Math.min(PIECE, pixels - i), centre, co, sums);
        }
    }

    private static void centredSquaresPiece(float[] x, int at, int pixels, float[] centre, int co, double[] sums) {
        FloatVector middle = FloatVector.fromArray(S, centre, co);
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 <= pixels; i += 2) {
            FloatVector d0 = FloatVector.fromArray(S, x, at + i * LANES).sub(middle);
            FloatVector d1 = FloatVector.fromArray(S, x, at + i * LANES + LANES).sub(middle);
            even = d0.fma(d0, even);
            odd = d1.fma(d1, odd);
        }
        if (i < pixels) {
            FloatVector d = FloatVector.fromArray(S, x, at + i * LANES).sub(middle);
            even = d.fma(d, even);
        }
        spill(even.add(odd), sums);
    }

    /// `sums[lane] += Σ z·(x − centre)`.
    static void centredDot(float[] z, int zo, float[] x, int xo, int pixels, float[] centre, int co, double[] sums) {
        for (int i = 0; i < pixels; i += PIECE) {
            centredDotPiece(z, zo + i * LANES, x, xo + i * LANES, Math.min(PIECE, pixels - i), centre, co, sums);
        }
    }

    private static void centredDotPiece(float[] z, int zo, float[] x, int xo, int pixels, float[] centre, int co,
            double[] sums) {
        FloatVector middle = FloatVector.fromArray(S, centre, co);
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int i = 0;
        for (; i + 2 <= pixels; i += 2) {
            int a = i * LANES;
            int b = a + LANES;
            even = FloatVector.fromArray(S, x, xo + a).sub(middle).fma(FloatVector.fromArray(S, z, zo + a), even);
            odd = FloatVector.fromArray(S, x, xo + b).sub(middle).fma(FloatVector.fromArray(S, z, zo + b), odd);
        }
        if (i < pixels) {
            int a = i * LANES;
            even = FloatVector.fromArray(S, x, xo + a).sub(middle).fma(FloatVector.fromArray(S, z, zo + a), even);
        }
        spill(even.add(odd), sums);
    }

    private static void spill(FloatVector v, double[] sums) {
        float[] lanes = Scratch.ofThread().floats(Scratch.LANES, LANES);
        v.intoArray(lanes, 0);
        for (int i = 0; i < LANES; i++) {
            sums[i] += lanes[i];
        }
    }

    /// `y = scale·(x − mean) + shift`, the three being vectors at `po`.
    static void normalize(float[] x, int xo, float[] mean, float[] scale, float[] shift, int po, float[] y, int yo,
            int pixels, boolean relu) {
        FloatVector m = FloatVector.fromArray(S, mean, po);
        FloatVector a = FloatVector.fromArray(S, scale, po);
        FloatVector b = FloatVector.fromArray(S, shift, po);
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

    /// `y (+)= onX·(x − mean) + onZ·z + shift`.
    static void combine(float[] x, int xo, float[] z, int zo, float[] mean, float[] onX, float[] onZ, float[] shift,
            int po, float[] y, int yo, int pixels, boolean adds) {
        FloatVector m = FloatVector.fromArray(S, mean, po);
        FloatVector a = FloatVector.fromArray(S, onX, po);
        FloatVector b = FloatVector.fromArray(S, onZ, po);
        FloatVector c = FloatVector.fromArray(S, shift, po);
        if (adds) {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, z, zo + i).fma(b, c);
                v = FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, v);
                FloatVector.fromArray(S, y, yo + i).add(v).intoArray(y, yo + i);
            }
        } else {
            for (int i = 0; i < pixels * LANES; i += LANES) {
                FloatVector v = FloatVector.fromArray(S, z, zo + i).fma(b, c);
                FloatVector.fromArray(S, x, xo + i).sub(m).fma(a, v).intoArray(y, yo + i);
            }
        }
    }

    /// One output pixel of a max pool: the maximum of a window, and its position `h·width + w` as a float.
    static void max(float[] x, int plane, int width, int top, int bottom, int stepH, int left, int right, int stepW,
            float[] y, int yo, float[] winner, int wo) {
        FloatVector best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector at = FloatVector.broadcast(S, (float) (top * width + left));
        for (int h = top; h < bottom; h += stepH) {
            for (int w = left; w < right; w += stepW) {
                int position = h * width + w;
                FloatVector v = FloatVector.fromArray(S, x, plane + position * LANES);
                var wins = v.compare(VectorOperators.GT, best).or(v.compare(VectorOperators.NE, v));
                best = best.blend(v, wins);
                at = at.blend((float) position, wins);
            }
        }
        best.intoArray(y, yo);
        at.intoArray(winner, wo);
    }

    /// `dx[winner] += dy` for one output pixel of a max pool.
    static void maxBackward(float[] dy, int dyo, float[] winner, int wo, float[] dx, int plane, int width, int top,
            int bottom, int stepH, int left, int right, int stepW) {
        FloatVector g = FloatVector.fromArray(S, dy, dyo);
        FloatVector at = FloatVector.fromArray(S, winner, wo);
        for (int h = top; h < bottom; h += stepH) {
            for (int w = left; w < right; w += stepW) {
                int position = h * width + w;
                FloatVector d = FloatVector.fromArray(S, dx, plane + position * LANES);
                d.blend(d.add(g), at.compare(VectorOperators.EQ, (float) position))
                        .intoArray(dx, plane + position * LANES);
            }
        }
    }

    /// One output pixel of an average pool.
    static void average(float[] x, int plane, int width, int top, int bottom, int stepH, int left, int right,
            int stepW, float divisor, float[] y, int yo) {
        FloatVector sum = FloatVector.zero(S);
        for (int h = top; h < bottom; h += stepH) {
            for (int w = left; w < right; w += stepW) {
                sum = sum.add(FloatVector.fromArray(S, x, plane + (h * width + w) * LANES));
            }
        }
        sum.div(divisor).intoArray(y, yo);
    }

    /// `dx += dy/divisor` over the window of one output pixel.
    static void averageBackward(float[] dy, int dyo, float divisor, float[] dx, int plane, int width, int top,
            int bottom, int stepH, int left, int right, int stepW) {
        FloatVector g = FloatVector.fromArray(S, dy, dyo).div(divisor);
        for (int h = top; h < bottom; h += stepH) {
            for (int w = left; w < right; w += stepW) {
                int at = plane + (h * width + w) * LANES;
                FloatVector.fromArray(S, dx, at).add(g).intoArray(dx, at);
            }
        }
    }
}
