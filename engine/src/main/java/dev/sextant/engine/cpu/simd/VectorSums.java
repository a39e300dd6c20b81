package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// Vector forms of [Sums]. Runs are summed in pieces of at most [#PIECE] elements, each in single precision with two
/// vectors of chains, and the pieces in double precision: the error does not grow with the length of the run.
final class VectorSums {
    private static final int PIECE = 4096;

    private VectorSums() {
    }

    /// `Σ x`.
    static double sum(float[] x, int xo, int n) {
        double total = 0;
        for (int i = 0; i < n; i += PIECE) {
            total += sumPiece(x, xo + i, Math.min(PIECE, n - i));
        }
        return total;
    }

    private static double sumPiece(float[] x, int xo, int n) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int step = S.length();
        int i = 0;
        for (; i + 2 * step <= n; i += 2 * step) {
            even = even.add(FloatVector.fromArray(S, x, xo + i));
            odd = odd.add(FloatVector.fromArray(S, x, xo + i + step));
        }
        double tail = 0;
        for (; i < n; i++) {
            tail += x[xo + i];
        }
        return fold(even.add(odd)) + tail;
    }

    /// `Σ x·z`.
    static double dot(float[] x, int xo, float[] z, int zo, int n) {
        double total = 0;
        for (int i = 0; i < n; i += PIECE) {
            total += dotPiece(x, xo + i, z, zo + i, Math.min(PIECE, n - i));
        }
        return total;
    }

    private static double dotPiece(float[] x, int xo, float[] z, int zo, int n) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int step = S.length();
        int i = 0;
        for (; i + 2 * step <= n; i += 2 * step) {
            even = FloatVector.fromArray(S, x, xo + i).fma(FloatVector.fromArray(S, z, zo + i), even);
            odd = FloatVector.fromArray(S, x, xo + i + step).fma(FloatVector.fromArray(S, z, zo + i + step), odd);
        }
        double tail = 0;
        for (; i < n; i++) {
            tail += (double) x[xo + i] * z[zo + i];
        }
        return fold(even.add(odd)) + tail;
    }

    /// `Σ (x − centre)²`.
    static double centredSquares(float[] x, int xo, int n, float centre) {
        double total = 0;
        for (int i = 0; i < n; i += PIECE) {
            total += centredSquaresPiece(x, xo + i, Math.min(PIECE, n - i), centre);
        }
        return total;
    }

    private static double centredSquaresPiece(float[] x, int xo, int n, float centre) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int step = S.length();
        int i = 0;
        for (; i + 2 * step <= n; i += 2 * step) {
            FloatVector d0 = FloatVector.fromArray(S, x, xo + i).sub(centre);
            FloatVector d1 = FloatVector.fromArray(S, x, xo + i + step).sub(centre);
            even = d0.fma(d0, even);
            odd = d1.fma(d1, odd);
        }
        double tail = 0;
        for (; i < n; i++) {
            double d = x[xo + i] - centre;
            tail += d * d;
        }
        return fold(even.add(odd)) + tail;
    }

    /// `Σ z·(x − centre)`.
    static double centredDot(float[] z, int zo, float[] x, int xo, int n, float centre) {
        double total = 0;
        for (int i = 0; i < n; i += PIECE) {
            total += centredDotPiece(z, zo + i, x, xo + i, Math.min(PIECE, n - i), centre);
        }
        return total;
    }

    private static double centredDotPiece(float[] z, int zo, float[] x, int xo, int n, float centre) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        int step = S.length();
        int i = 0;
        for (; i + 2 * step <= n; i += 2 * step) {
            FloatVector d0 = FloatVector.fromArray(S, x, xo + i).sub(centre);
            FloatVector d1 = FloatVector.fromArray(S, x, xo + i + step).sub(centre);
            even = FloatVector.fromArray(S, z, zo + i).fma(d0, even);
            odd = FloatVector.fromArray(S, z, zo + i + step).fma(d1, odd);
        }
        double tail = 0;
        for (; i < n; i++) {
            tail += (double) z[zo + i] * (x[xo + i] - centre);
        }
        return fold(even.add(odd)) + tail;
    }

    private static double fold(FloatVector v) {
        float[] lanes = Scratch.ofThread().floats(Scratch.LANES, S.length());
        v.intoArray(lanes, 0);
        double sum = 0;
        for (int i = 0; i < S.length(); i++) {
            sum += lanes[i];
        }
        return sum;
    }
}
