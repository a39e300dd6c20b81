package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;
import java.util.Arrays;

/// `c = x·wᵀ` for few rows of `x`, as a linear layer with a small batch: the time is that of reading `w` from memory, so it
/// is read where it lies, every element once, and nothing of it is packed or turned ([DotTile]).
///
/// An element is the sum over blocks of [#DEPTH] depths; a block is one chain of fused multiply-adds for each lane, the
/// blocks are added in order, and the lanes in halves at the end.
final class DotProduct {
    private static final int LANES = VectorSupport.LANES;
    /// Depths of a block: its part of a tile's rows of `w` stays in the first-level cache, all of `x` in the second.
    private static final int DEPTH = 1024;
    /// The most rows of `x` for which reading `w` in place is worth more than the better tiles of packed operands.
    private static final int MOST_ROWS = 48;
    /// Fewer rows than this are worth it however short the depth.
    private static final int FEW_ROWS = 4;
    /// Elements of `w` worth a chunk of their own.
    private static final int CHUNK = 1 << 16;
    private static final int MOST_CHUNKS = 32;

    private final MatrixProduct p;
    private final int depth;
    private final float[] x;

    private DotProduct(MatrixProduct p) {
        this.p = p;
        depth = p.k / LANES * LANES;
        x = Scratch.ofThread().aligned(Scratch.PACKED_A, p.m * depth);
    }

    /// Whether a product is of this kind.
    static boolean suits(MatrixProduct p) {
        return LANES > 1 && p.m <= MOST_ROWS && p.bRow == 1 && p.k >= (p.m < FEW_ROWS ? 2 : 8) * LANES;
    }

    static void run(Workers workers, MatrixProduct product) {
        var it = new DotProduct(product);
        it.packX();
        int widest = DotTile.within(product.m, product.n).columns;
        int units = Math.ceilDiv(product.n, widest);
        int chunks = Math.clamp((long) product.n * product.k / CHUNK, 1, Math.min(units, MOST_CHUNKS));
        workers.run(chunks, chunk -> {
            int end = Math.min(product.n, (chunk + 1) * units / chunks * widest);
            for (int j = chunk * units / chunks * widest; j < end;) {
                int columns = DotTile.within(product.m, end - j).columns;
                it.columns(j, columns);
                j += columns;
            }
        });
    }

    /// Groups of a tile's rows, each `[depth / lanes][rows][lanes]`.
    private void packX() {
        for (int i = 0; i < p.m;) {
            int rows = DotTile.within(p.m - i, 1).rows;
            for (int r = 0; r < rows; r++) {
                int from = p.aBase + (i + r) * p.aRow;
                int to = Scratch.LEAD + i * depth + r * LANES;
                for (int k = 0; k < depth; k += LANES) {
                    for (int lane = 0; lane < LANES; lane++) {
                        x[to + k * rows + lane] = p.a[from + (k + lane) * p.aColumn];
                    }
                }
            }
            i += rows;
        }
    }

    /// Columns `j0 …` of the result, all rows.
    private void columns(int j0, int columns) {
        var scratch = Scratch.ofThread();
        float[] sums = scratch.floats(Scratch.TILE_SUMS, p.m * columns * LANES);
        Arrays.fill(sums, 0, p.m * columns * LANES, 0);
        for (int k = 0; k < depth; k += DEPTH) {
            for (int i = 0; i < p.m;) {
                DotTile tile = DotTile.within(p.m - i, columns);
                tile.runOrPlain(Math.min(DEPTH, depth - k), x, Scratch.LEAD + i * depth + k * tile.rows, p.b,
                        p.bBase + j0 * p.bColumn + k, p.bColumn, sums, i * columns * LANES);
                i += tile.rows;
            }
        }
        float[] block = scratch.floats(Scratch.TILE, p.m * columns);
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < columns; j++) {
                block[i * columns + j] = fold(sums, (i * columns + j) * LANES) + rest(i, j0 + j);
                if (p.add) {
                    block[i * columns + j] += p.c[p.cBase + i * p.cRowStride + p.columnOffset(j0 + j)];
                }
            }
        }
        if (p.hasEpilogue()) {
            p.finish(block, 0, columns, 0, p.m, j0, columns);
        }
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < columns; j++) {
                p.c[p.cBase + i * p.cRowStride + p.columnOffset(j0 + j)] = block[i * columns + j];
            }
        }
    }

    /// Adds the lanes in halves, without the trips to memory that a loop would make.
    private static float fold(float[] s, int at) {
        if (LANES == 16) {
            return fold(s[at] + s[at + 8], s[at + 1] + s[at + 9], s[at + 2] + s[at + 10], s[at + 3] + s[at + 11],
                    s[at + 4] + s[at + 12], s[at + 5] + s[at + 13], s[at + 6] + s[at + 14], s[at + 7] + s[at + 15]);
        }
        return fold(s[at], s[at + 1], s[at + 2], s[at + 3], s[at + 4], s[at + 5], s[at + 6], s[at + 7]);
    }

    private static float fold(float a, float b, float c, float d, float e, float f, float g, float h) {
        return ((a + e) + (c + g)) + ((b + f) + (d + h));
    }

    /// The depths beyond the last whole vector.
    private float rest(int i, int j) {
        float sum = 0;
        for (int k = depth; k < p.k; k++) {
            sum = Math.fma(p.a[p.aBase + i * p.aRow + k * p.aColumn], p.b[p.bBase + j * p.bColumn + k], sum);
        }
        return sum;
    }
}
