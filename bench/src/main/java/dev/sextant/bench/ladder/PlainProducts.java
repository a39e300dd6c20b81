package dev.sextant.bench.ladder;

import java.util.Arrays;

/// The first rungs of the ladder: `c = a·b` for row-major matrices in plain loops, before anything that the engine does.
final class PlainProducts {
    /// Rows, columns and depths of a block: three blocks of floats fit into a first-level cache of 48 KiB.
    private static final int BLOCK = 64;

    private PlainProducts() {
    }

    /// The formula. The innermost loop walks down a column of `b`, `n` floats apart: nearly every step needs another
    /// cache line, and one sum waits for the one before.
    static void naive(float[] a, float[] b, float[] c, int m, int n, int k) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int p = 0; p < k; p++) {
                    sum += a[i * k + p] * b[p * n + j];
                }
                c[i * n + j] = sum;
            }
        }
    }

    /// The same products in blocks that stay in the first-level cache, innermost along rows: neighbouring sums do not wait
    /// for each other, which even lets the compiler use vectors on its own.
    static void blocked(float[] a, float[] b, float[] c, int m, int n, int k) {
        Arrays.fill(c, 0, m * n, 0);
        for (int p0 = 0; p0 < k; p0 += BLOCK) {
            for (int i0 = 0; i0 < m; i0 += BLOCK) {
                for (int j0 = 0; j0 < n; j0 += BLOCK) {
                    block(a, b, c, n, k, i0, Math.min(m, i0 + BLOCK), j0, Math.min(n, j0 + BLOCK), p0,
                            Math.min(k, p0 + BLOCK));
                }
            }
        }
    }

    private static void block(float[] a, float[] b, float[] c, int n, int k, int i0, int i1, int j0, int j1, int p0,
            int p1) {
        for (int i = i0; i < i1; i++) {
            for (int p = p0; p < p1; p++) {
                float factor = a[i * k + p];
                for (int j = j0; j < j1; j++) {
                    c[i * n + j] += factor * b[p * n + j];
                }
            }
        }
    }
}
