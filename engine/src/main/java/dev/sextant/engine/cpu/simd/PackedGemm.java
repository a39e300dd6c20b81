package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;

/// The loops around a [Tile], after Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008):
///
/// 1. `a` is packed once, in panels of the tile's height;
/// 2. the columns (and, if they are few, the rows) of the result are cut into chunks, which the threads share;
/// 3. within a chunk the depth runs in blocks of at most [#DEPTH]; each packs its part of `b` into the second-level
///    cache, in panels of the tile's width;
/// 4. every pair of panels meets in the tile; sums of several blocks stay together in a place of their own until they
///    are complete, because rows of `c` a power of two apart push each other out of the cache. The order is a panel of `b` with all of `a`; or, where the depth is so small that
///    writing the result is what takes time, a panel of `a` with all of `b`, which writes whole rows.
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
    /// Most elements of `b` that one chunk packs whole.
    private static final int B_LIMIT = 1 << 18;
    /// Most elements of the result that one chunk keeps apart while their sums go on.
    private static final int APART = 1 << 18;
    /// Multiply-adds worth a chunk of their own, as long as there are few chunks, and when there are more.
    private static final long CHUNK_WORK = 1 << 19;
    private static final int FEW_CHUNKS = 8;
    private static final long LARGE_CHUNK_WORK = 1 << 21;
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
        private final boolean byRows;
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
            int wanted = Math.clamp(Math.max(Math.min(work / CHUNK_WORK, FEW_CHUNKS), work / LARGE_CHUNK_WORK), 1,
                    MOST_CHUNKS);
            byRows = depth <= DEPTH && (long) depth * p.n <= B_LIMIT && rowPanels >= MOST_CHUNKS;
            columnBlocks = byRows ? 1 : Math.min(columnPanels, Math.max(wanted, Math.ceilDiv(p.n, WIDTH)));
            rowBlocks = byRows ? MOST_CHUNKS / 2 : Math.clamp(wanted / columnBlocks, 1, rowPanels);
            a = Scratch.ofThread().aligned(Scratch.PACKED_A, rowPanels * tile.rows * depth);
        }

        void run() {
            int packChunks = Math.clamp((long) p.m * depth >> 14, 1, Math.min(rowPanels, MOST_CHUNKS));
            workers.run(depth == 0 ? 0 : packChunks, c -> {
                for (int panel = part(c, packChunks, rowPanels); panel < part(c + 1, packChunks, rowPanels); panel++) {
                    int i0 = panel * tile.rows;
                    p.packA(i0, Math.min(tile.rows, p.m - i0), k0, depth, a, Scratch.LEAD + i0 * depth,
                            tile.rows);
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
            new Chunk(part(cb, columnBlocks, columnPanels), part(cb + 1, columnBlocks, columnPanels),
                    part(rb, rowBlocks, rowPanels), part(rb + 1, rowBlocks, rowPanels)).run();
        }

        /// A range of column and row panels; and, while it runs, the tile and the block of the depth that it is at.
        private final class Chunk {
            private final int firstColumn;
            private final int columnCount;
            private final int firstRow;
            private final int rowCount;
            private final float[] b;
            /// Where tiles are kept until their sums are complete, or null.
            private final float[] apart;
            private int from;
            private int length;
            private boolean fresh;
            private boolean done;
            private int i0;
            private int j0;
            private int rows;
            private int columns;

            Chunk(int firstColumn, int endColumn, int firstRow, int endRow) {
                this.firstColumn = firstColumn;
                columnCount = endColumn - firstColumn;
                this.firstRow = firstRow;
                rowCount = endRow - firstRow;
                var scratch = Scratch.ofThread();
                b = scratch.aligned(Scratch.PACKED_B, columnCount * tile.columns * Math.min(depth, DEPTH));
                int size = rowCount * columnCount * tile.rows * tile.columns;
                apart = depth > DEPTH && size <= APART ? scratch.aligned(Scratch.WORK_2, APART) : null;
            }

            void run() {
                int j = firstColumn * tile.columns;
                int width = Math.min(columnCount * tile.columns, p.n - j);
                int count = columnCount * rowCount;
                from = 0;
                do {
                    length = Math.min(DEPTH, depth - from);
                    fresh = first && from == 0;
                    done = from + length == depth;
                    if (length > 0) {
                        p.packPanels(j, width, k0 + from, length, b, Scratch.LEAD, tile.columns);
                    }
                    for (int i = 0; i < count; i++) {
                        meet(i, byRows ? i / columnCount : i % rowCount, byRows ? i % columnCount : i / rowCount);
                    }
                    from += length;
                } while (!done);
            }

            private void meet(int index, int row, int column) {
                i0 = (firstRow + row) * tile.rows;
                j0 = (firstColumn + column) * tile.columns;
                rows = Math.min(tile.rows, p.m - i0);
                columns = Math.min(tile.columns, p.n - j0);
                int bo = Scratch.LEAD + column * tile.columns * length;
                if (apart != null) {
                    int place = Scratch.LEAD + index * tile.rows * tile.columns;
                    if (from == 0 && !fresh) {
                        move(apart, place, false);
                    }
                    multiply(bo, apart, place, tile.columns);
                    if (done) {
                        move(apart, place, true);
                    }
                } else if (rows == tile.rows && columns == tile.columns && p.sideBySide(j0, columns)) {
                    multiply(bo, p.c, p.cBase + i0 * p.cRowStride + p.columnOffset(j0), p.cRowStride);
                } else {
                    // At the border, or where columns do not lie side by side, by way of a small block.
                    float[] block = Scratch.ofThread().floats(Scratch.TILE, tile.rows * tile.columns);
                    if (!fresh) {
                        move(block, 0, false);
                    }
                    multiply(bo, block, 0, tile.columns);
                    move(block, 0, true);
                }
            }

            private void multiply(int bo, float[] c, int co, int ldc) {
                tile.run(length, a, Scratch.LEAD + i0 * depth + from * tile.rows, b, bo, c, co, ldc, !fresh);
                if (done && last && p.hasEpilogue()) {
                    p.finish(c, co, ldc, i0, rows, j0, columns);
                }
            }

            /// Copies the valid part between a block and the result, in runs of columns that lie side by side.
            private void move(float[] block, int place, boolean out) {
                for (int j = 0, run; j < columns; j += run) {
                    int offset = p.columnOffset(j0 + j);
                    run = 1;
                    while (j + run < columns && p.columnOffset(j0 + j + run) == offset + run) {
                        run++;
                    }
                    for (int i = 0; i < rows; i++) {
                        int at = p.cBase + (i0 + i) * p.cRowStride + offset;
                        int in = place + i * tile.columns + j;
                        if (out) {
                            System.arraycopy(block, in, p.c, at, run);
                        } else {
                            System.arraycopy(p.c, at, block, in, run);
                        }
                    }
                }
            }
        }
    }
}
