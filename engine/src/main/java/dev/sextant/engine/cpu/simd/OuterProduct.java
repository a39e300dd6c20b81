package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;
import java.util.Arrays;

/// `c = x·w` for few rows of `x`, as the data gradient of a linear layer with a small batch: the time is that of reading
/// `w` from memory, so it is read where it lies, once, along its rows ([OuterTile]; [DotProduct] is the same for `x·wᵀ`).
///
/// An element is the sum over blocks of [#DEPTH] depths, and a block the sum over the tiles within it, both in order.
final class OuterProduct {
    private static final int LANES = VectorSupport.LANES;
    private static final int DEPTH = 256;
    /// The most rows of `x` for which reading `w` in place is worth more than the better tiles of packed operands.
    private static final int MOST_ROWS = 48;
    /// Fewest elements of `w`: a smaller one stays in the second-level cache anyway.
    private static final int LARGE = 1 << 18;
    /// Chunks to aim for: the rows that one reads should be long.
    private static final int CHUNKS = 16;

    private final MatrixProduct p;
    private final float[] x;

    private OuterProduct(MatrixProduct p) {
        this.p = p;
        x = Scratch.ofThread().aligned(Scratch.PACKED_A, p.m * p.k);
    }

    /// Whether a product is of this kind.
    static boolean suits(MatrixProduct p) {
        return LANES > 1 && p.m <= MOST_ROWS && p.bColumn == 1 && p.n % LANES == 0 && p.k % LANES == 0
                && (long) p.n * p.k >= LARGE;
    }

    static void run(Workers workers, MatrixProduct product) {
        var it = new OuterProduct(product);
        it.packX();
        int units = product.n / LANES;
        int chunks = Math.min(units, CHUNKS);
        workers.run(chunks, chunk -> {
            int first = chunk * units / chunks;
            it.columns(first * LANES, ((chunk + 1) * units / chunks - first) * LANES);
        });
    }

    /// `[depth / lanes][rows][lanes]`.
    private void packX() {
        for (int k = 0; k < p.k; k += LANES) {
            for (int i = 0; i < p.m; i++) {
                int from = p.aBase + i * p.aRow + k * p.aColumn;
                int to = Scratch.LEAD + k * p.m + i * LANES;
                for (int lane = 0; lane < LANES; lane++) {
                    x[to + lane] = p.a[from + lane * p.aColumn];
                }
            }
        }
    }

    /// Columns `j0 …` of the result, all rows. Sums lie `[column / lanes][rows][lanes]`.
    private void columns(int j0, int columns) {
        int size = p.m * columns;
        float[] total = Scratch.ofThread().aligned(Scratch.TILE_SUMS, size);
        float[] block = Scratch.ofThread().aligned(Scratch.TILE, size);
        for (int k0 = 0; k0 < p.k; k0 += DEPTH) {
            float[] sums = k0 == 0 ? total : block;
            Arrays.fill(sums, Scratch.LEAD, Scratch.LEAD + size, 0);
            for (int k = k0; k < Math.min(p.k, k0 + DEPTH); k += LANES) {
                int w = p.bBase + k * p.bRow + j0;
                for (int j = 0; j < columns; j += LANES) {
                    OuterTile.WIDEST.run(p.m, x, Scratch.LEAD + k * p.m, p.b, w + j, p.bRow, sums,
                            Scratch.LEAD + j * p.m);
                }
            }
            if (sums == block) {
                Loops.add(total, Scratch.LEAD, block, Scratch.LEAD, total, Scratch.LEAD, size);
            }
        }
        store(total, block, j0, columns);
    }

    /// Puts the sums in rows, in `block`, and from there into the result.
    private void store(float[] total, float[] block, int j0, int columns) {
        for (int i = 0; i < p.m; i++) {
            for (int j = 0; j < columns; j += LANES) {
                System.arraycopy(total, Scratch.LEAD + j * p.m + i * LANES, block, i * columns + j, LANES);
            }
            int row = p.cBase + i * p.cRowStride;
            for (int j = 0; p.add && j < columns; j++) {
                block[i * columns + j] += p.c[row + p.columnOffset(j0 + j)];
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
}
