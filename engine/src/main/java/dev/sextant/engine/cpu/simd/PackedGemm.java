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
    /// Most columns of a chunk: long runs of `b`, which comes from memory, and a block of it in the second-level cache.
    private static final int WIDE = 1024;
    /// Most elements of `a` packed at once.
    private static final int A_LIMIT = 1 << 23;
    /// Most elements of `b` that one chunk packs whole.
    private static final int B_LIMIT = 1 << 18;
    /// Most elements of the result that one chunk keeps apart while their sums go on.
    private static final int APART = 1 << 18;
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
            int wanted = Math.clamp(work / CHUNK_WORK, 1, MOST_CHUNKS);
            byRows = depth <= DEPTH && (long) depth * p.n <= B_LIMIT && rowPanels >= MOST_CHUNKS;
            int most = rowPanels <= 4 ? Math.ceilDiv(p.n, WIDE) : wanted;
            columnBlocks = byRows ? 1 : Math.min(columnPanels, Math.max(most, Math.ceilDiv(p.n, WIDE)));
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
            int firstColumn = part(cb, columnBlocks, columnPanels);
            int endColumn = part(cb + 1, columnBlocks, columnPanels);
            int firstRow = part(rb, rowBlocks, rowPanels);
            int endRow = part(rb + 1, rowBlocks, rowPanels);
            var scratch = Scratch.ofThread();
            int columns = endColumn - firstColumn;
            int rows = endRow - firstRow;
            int blocks = Math.max(1, Math.ceilDiv(depth, DEPTH));
            boolean apart = blocks > 1 && rows * columns * tile.rows * tile.columns <= APART;
            float[] b = scratch.aligned(Scratch.PACKED_B, columns * tile.columns * Math.min(depth, DEPTH));
            float[] c = apart ? scratch.aligned(Scratch.WORK_2, APART) : null;
            for (int block = 0; block < blocks; block++) {
                int from = block * DEPTH;
                int length = Math.min(DEPTH, depth - from);
                int j0 = firstColumn * tile.columns;
                if (length > 0) {
                    p.packPanels(j0, Math.min(endColumn * tile.columns, p.n) - j0, k0 + from, length, b, Scratch.LEAD,
                            tile.columns);
                }
                for (int i = 0; i < columns * rows; i++) {
                    int column = byRows ? i % columns : i / rows;
                    var place = new Place(firstRow + (byRows ? i / columns : i % rows), firstColumn + column);
                    int bo = Scratch.LEAD + column * tile.columns * length;
                    boolean start = block == 0;
                    boolean end = block == blocks - 1;
                    if (apart) {
                        apart(place, from, length, b, bo, c, Scratch.LEAD + i * tile.rows * tile.columns, start, end);
                    } else {
                        meet(place, from, length, b, bo, start, end);
                    }
                }
            }
        }

        /// Which panels meet.
        private final class Place {
            private final int i0;
            private final int j0;
            private final int rows;
            private final int columns;

            Place(int row, int column) {
                i0 = row * tile.rows;
                j0 = column * tile.columns;
                rows = Math.min(tile.rows, p.m - i0);
                columns = Math.min(tile.columns, p.n - j0);
            }
        }

        /// The tile in place, if it is whole; otherwise by way of a small block.
        private void meet(Place at, int from, int length, float[] b, int bo, boolean start, boolean end) {
            if (at.rows == tile.rows && at.columns == tile.columns && p.sideBySide(at.j0, at.columns)) {
                int to = p.cBase + at.i0 * p.cRowStride + p.columnOffset(at.j0);
                tile.run(length, a, panel(at, from), b, bo, p.c, to, p.cRowStride, !(first && start));
                if (end && last && p.hasEpilogue()) {
                    p.finish(p.c, to, p.cRowStride, at.i0, at.rows, at.j0, at.columns);
                }
            } else {
                float[] block = Scratch.ofThread().floats(Scratch.TILE, tile.rows * tile.columns);
                if (!first || !start) {
                    move(block, 0, at, false);
                }
                add(at, from, length, b, bo, block, 0, start, end);
            }
        }

        /// A tile that stays in a block of its own until the last depths are added.
        private void apart(Place at, int from, int length, float[] b, int bo, float[] block, int place, boolean start,
                boolean end) {
            if (!first && start) {
                move(block, place, at, false);
            }
            add(at, from, length, b, bo, block, place, start, end);
        }

        private void add(Place at, int from, int length, float[] b, int bo, float[] block, int place, boolean start,
                boolean end) {
            tile.run(length, a, panel(at, from), b, bo, block, place, tile.columns, !(first && start));
            if (end && last && p.hasEpilogue()) {
                p.finish(block, place, tile.columns, at.i0, at.rows, at.j0, at.columns);
            }
            if (end || place == 0) {
                move(block, place, at, true);
            }
        }

        private int panel(Place at, int from) {
            return Scratch.LEAD + at.i0 * depth + from * tile.rows;
        }

        /// Copies the valid part between the block and the result, in runs of columns that lie side by side.
        private void move(float[] block, int place, Place tileAt, boolean out) {
            int j = 0;
            while (j < tileAt.columns) {
                int offset = p.columnOffset(tileAt.j0 + j);
                int run = 1;
                while (j + run < tileAt.columns && p.columnOffset(tileAt.j0 + j + run) == offset + run) {
                    run++;
                }
                for (int i = 0; i < tileAt.rows; i++) {
                    int at = p.cBase + (tileAt.i0 + i) * p.cRowStride + offset;
                    int from = place + i * tile.columns + j;
                    if (out) {
                        System.arraycopy(block, from, p.c, at, run);
                    } else {
                        System.arraycopy(p.c, at, block, from, run);
                    }
                }
                j += run;
            }
        }
    }
}
