package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;

/// The loops around a [Tile], after Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008):
///
/// 1. `a` is packed once, in panels of the tile's height;
/// 2. the columns (and, if they are few, the rows) of the result are cut into chunks, which the threads share;
/// 3. within a chunk the depth runs in blocks of at most [#DEPTH]; each packs its part of `b` into the second-level
///    cache, in panels of the tile's width;
/// 4. every pair of panels meets in the tile.
///
/// Every element of the result is a sum over blocks of [#DEPTH] depths, in order, each block one chain of fused
/// multiply-adds in the order of `k`: the bits do not depend on the tile or the threads. Short chains keep rounding
/// small: a network's error against float64 stays near what sums in a tree would give.
final class PackedGemm {
    /// Largest depth of a packed block: a panel of `b` then fills about half of the first-level cache.
    private static final int DEPTH = 128;
    /// Most columns of a chunk.
    private static final int WIDTH = 512;
    /// Most elements of `a` packed at once.
    private static final int A_LIMIT = 1 << 23;
    /// Multiply-adds worth a chunk of their own.
    private static final long CHUNK_WORK = 1 << 19;
    private static final int MOST_CHUNKS = 32;

    private PackedGemm() {
    }

    static void run(Workers workers, Product p) {
        if (p.m == 0 || p.n == 0) {
            return;
        }
        Tile tile = Tiles.forShape(p.m, p.n);
        int rowPanels = Math.ceilDiv(p.m, tile.rows);
        int most = Math.clamp((long) A_LIMIT / ((long) rowPanels * tile.rows), DEPTH, Math.max(DEPTH, p.k));
        int depthAtOnce = most / DEPTH * DEPTH;
        boolean first = !p.add;
        int k0 = 0;
        do {
            int depth = Math.min(depthAtOnce, p.k - k0);
            new Pass(workers, p, tile, rowPanels, k0, depth, first, k0 + depth == p.k).run();
            first = false;
            k0 += depth;
        } while (k0 < p.k);
    }

    /// One range of the depth, over the whole result.
    private static final class Pass {
        private final Workers workers;
        private final Product p;
        private final Tile tile;
        private final int rowPanels;
        private final int k0;
        private final int depth;
        private final boolean first;
        private final boolean last;
        private final int columnBlocks;
        private final int rowBlocks;
        private final int columnPanels;
        private final float[] a;

        Pass(Workers workers, Product p, Tile tile, int rowPanels, int k0, int depth, boolean first, boolean last) {
            this.workers = workers;
            this.p = p;
            this.tile = tile;
            this.rowPanels = rowPanels;
            this.k0 = k0;
            this.depth = depth;
            this.first = first;
            this.last = last;
            columnPanels = Math.ceilDiv(p.n, tile.columns);
            long work = (long) p.m * p.n * Math.max(1, depth);
            int wanted = Math.clamp(work / CHUNK_WORK, 1, MOST_CHUNKS);
            columnBlocks = Math.min(columnPanels, Math.max(wanted, Math.ceilDiv(p.n, WIDTH)));
            rowBlocks = Math.clamp(wanted / columnBlocks, 1, rowPanels);
            a = Scratch.ofThread().floats(Scratch.PACKED_A, rowPanels * tile.rows * depth);
        }

        void run() {
            int packChunks = Math.clamp((long) p.m * depth >> 14, 1, Math.min(rowPanels, MOST_CHUNKS));
            workers.run(depth == 0 ? 0 : packChunks, c -> {
                for (int panel = part(c, packChunks, rowPanels); panel < part(c + 1, packChunks, rowPanels); panel++) {
                    int i0 = panel * tile.rows;
                    p.packA(i0, Math.min(tile.rows, p.m - i0), k0, depth, a, i0 * depth, tile.rows);
                }
            });
            workers.run(columnBlocks * rowBlocks, this::chunk);
        }

        private static int part(int index, int parts, int whole) {
            return (int) ((long) index * whole / parts);
        }

        private void chunk(int index) {
            int cb = index / rowBlocks;
            int rb = index % rowBlocks;
            int firstColumn = part(cb, columnBlocks, columnPanels);
            int endColumn = part(cb + 1, columnBlocks, columnPanels);
            int firstRow = part(rb, rowBlocks, rowPanels);
            int endRow = part(rb + 1, rowBlocks, rowPanels);
            var scratch = Scratch.ofThread();
            int blocks = Math.max(1, Math.ceilDiv(depth, DEPTH));
            int longest = Math.min(depth, DEPTH);
            float[] b = scratch.floats(Scratch.PACKED_B, tile.columns * longest);
            float[] edge = scratch.floats(Scratch.TILE, tile.rows * tile.columns);
            for (int block = 0; block < blocks; block++) {
                int from = block * DEPTH;
                int length = Math.min(DEPTH, depth - from);
                boolean fresh = first && block == 0;
                boolean done = last && block == blocks - 1 && p.hasEpilogue();
                for (int column = firstColumn; column < endColumn; column++) {
                    int j0 = column * tile.columns;
                    int columns = Math.min(tile.columns, p.n - j0);
                    if (length > 0) {
                        p.packB(j0, columns, k0 + from, length, b, 0, tile.columns);
                    }
                    boolean whole = columns == tile.columns && p.sideBySide(j0, columns);
                    for (int row = firstRow; row < endRow; row++) {
                        int i0 = row * tile.rows;
                        int rows = Math.min(tile.rows, p.m - i0);
                        int ao = i0 * depth + from * tile.rows;
                        if (whole && rows == tile.rows) {
                            int at = p.cBase + i0 * p.cRowStride + p.columnOffset(j0);
                            tile.run(length, a, ao, b, 0, p.c, at, p.cRowStride, !fresh);
                            if (done) {
                                p.finish(p.c, at, p.cRowStride, i0, rows, j0, columns);
                            }
                        } else {
                            edge(ao, length, b, edge, i0, rows, j0, columns, fresh, done);
                        }
                    }
                }
            }
        }

        /// A tile at the border, or one whose columns do not lie side by side, goes by way of a small block.
        private void edge(int ao, int length, float[] b, float[] block, int i0, int rows, int j0, int columns,
                boolean fresh, boolean done) {
            int ld = tile.columns;
            if (!fresh) {
                move(block, i0, rows, j0, columns, false);
            }
            tile.run(length, a, ao, b, 0, block, 0, ld, !fresh);
            if (done) {
                p.finish(block, 0, ld, i0, rows, j0, columns);
            }
            move(block, i0, rows, j0, columns, true);
        }

        /// Copies the valid part between the block and the result, in runs of columns that lie side by side.
        private void move(float[] block, int i0, int rows, int j0, int columns, boolean out) {
            int ld = tile.columns;
            int j = 0;
            while (j < columns) {
                int offset = p.columnOffset(j0 + j);
                int run = 1;
                while (j + run < columns && p.columnOffset(j0 + j + run) == offset + run) {
                    run++;
                }
                for (int i = 0; i < rows; i++) {
                    int at = p.cBase + (i0 + i) * p.cRowStride + offset;
                    if (out) {
                        System.arraycopy(block, i * ld + j, p.c, at, run);
                    } else {
                        System.arraycopy(p.c, at, block, i * ld + j, run);
                    }
                }
                j += run;
            }
        }
    }
}
