package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// The filter gradient by Winograd's method, `Gᵀ·[Σ (Bᵀ·x·B) ⊙ (A·dz·Aᵀ)]·G`: patches of the input and tiles of the
/// gradient are transformed, their products are summed over all tiles, and only the sums are transformed back.
///
/// Groups of tiles, all of whose transforms fit the third-level cache, are transformed first. Then every chunk owns the
/// sums between some source and some result channels, which stay in the second-level cache.
final class WinogradGradient {
    private static final int LANES = BlockedView.LANES;
    /// Longest chain of multiply-adds, in tiles.
    private static final int CHAIN = 128;
    /// Most elements of the transforms of a group.
    private static final int GROUP = 1 << 21;
    /// Chunks to aim for, and the most channel blocks on one side of a chunk.
    private static final int CHUNKS = 16;
    private static final int SIDE = 4;

    private final Workers workers;
    private final Winograd form;
    private final BlockedView x;
    private final BlockedView z;
    private final Winograd.Grid grid;
    private final int top;
    private final int left;
    private final Target dw;
    /// Channel blocks of a chunk.
    private final int xSide;
    private final int zSide;

    private WinogradGradient(Workers workers, Winograd form, BlockedView x, BlockedView z, int top, int left,
            Target dw) {
        this.workers = workers;
        this.form = form;
        this.x = x;
        this.z = z;
        this.top = top;
        this.left = left;
        this.dw = dw;
        grid = form.grid(z.images(), z.height(), z.width());
        int a = Math.min(SIDE, x.blocks());
        int b = Math.min(z.blocks() % BandTile.WIDEST == 0 ? SIDE / BandTile.WIDEST * BandTile.WIDEST : SIDE,
                z.blocks());
        while (Math.ceilDiv(x.blocks(), a) * Math.ceilDiv(z.blocks(), b) < CHUNKS && (a > 1 || b > BandTile.WIDEST)) {
            if (a > 1 && (a >= b || b <= BandTile.WIDEST)) {
                a = Math.ceilDiv(a, 2);
            } else {
                b = Math.ceilDiv(b, 2);
            }
        }
        xSide = a;
        zSide = b;
    }

    static void run(Workers workers, Winograd form, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        new WinogradGradient(workers, form, BlockedView.of(x), BlockedView.of(dz), spec.pad().h(), spec.pad().w(), dw)
                .run();
    }

    private void run() {
        int perTile = form.positions() * (x.blocks() + z.blocks()) * LANES;
        int room = Math.clamp(GROUP / perTile, 1, grid.tiles());
        int groups = Math.ceilDiv(grid.tiles(), room);
        int xPosition = x.blocks() * room * LANES + LANES;
        int zPosition = z.blocks() * room * LANES + LANES;
        int zAt = Scratch.LEAD + form.positions() * xPosition;
        float[] spread = Scratch.ofThread().aligned(Scratch.PACKED_A, zAt + form.positions() * zPosition);
        int xChunks = Math.ceilDiv(x.blocks(), xSide);
        int chunks = xChunks * Math.ceilDiv(z.blocks(), zSide);
        int size = form.positions() * sumsPosition();
        float[] kept = groups == 1 ? null : Scratch.ofThread().aligned(Scratch.PARTIALS, chunks * size);
        for (int group = 0; group < groups; group++) {
            int first = group * room;
            int count = Math.min(room, grid.tiles() - first);
            workers.run(x.blocks() + z.blocks(), i -> {
                float[] work = Scratch.ofThread().aligned(Scratch.WORK, form.room());
                if (i < x.blocks()) {
                    form.spread(grid, x, i, form.n(), top, left, first, count, work, spread, Scratch.LEAD + i * room
                            * LANES, xPosition);
                } else {
                    form.spread(grid, z, i - x.blocks(), form.m(), 0, 0, first, count, work, spread, zAt
                            + (i - x.blocks()) * room * LANES, zPosition);
                }
            });
            var transforms = new Transforms(spread, room, count, xPosition, zAt, zPosition, group == 0,
                    group == groups - 1);
            workers.run(chunks, chunk -> {
                int xBlock = chunk % xChunks * xSide;
                int zBlock = chunk / xChunks * zSide;
                var pairs = new Pairs(xBlock, Math.min(xSide, x.blocks() - xBlock), zBlock,
                        Math.min(zSide, z.blocks() - zBlock));
                int half = form.n() * form.r() * xSide * zSide * LANES * LANES;
                float[] work = Scratch.ofThread().aligned(Scratch.WORK, half + size);
                float[] sums = kept == null ? work : kept;
                int at = Scratch.LEAD + (kept == null ? half : chunk * size);
                products(transforms, pairs, sums, at);
                if (transforms.last) {
                    store(pairs, sums, at, work);
                }
            });
        }
    }

    /// The transforms of a group of tiles, `[position][block][tile][lane]`: those of the input first, those of the gradient
    /// from `zAt` on.
    ///
    /// @param room tiles that there is room for
    private record Transforms(float[] spread, int room, int count, int xPosition, int zAt, int zPosition,
            boolean first, boolean last) {
    }

    /// The blocks of source and of result channels that a chunk connects.
    private record Pairs(int xBlock, int xBlocks, int zBlock, int zBlocks) {
        int plane() {
            return xBlocks * zBlocks * LANES * LANES;
        }
    }

    private int sumsPosition() {
        return xSide * zSide * LANES * LANES + LANES;
    }

    /// `sums[position][source channel][result channel] += Σ_tile x·z`, scaled in the end. A position's sums are in the
    /// first-level cache meanwhile.
    private void products(Transforms of, Pairs pairs, float[] sums, int at) {
        int ld = pairs.zBlocks * LANES;
        int plane = pairs.plane();
        var points = form.points();
        int n = form.n();
        for (int p = 0; p < form.positions(); p++) {
            int place = at + p * sumsPosition();
            if (of.first) {
                Arrays.fill(sums, place, place + plane, 0);
            }
            for (int t = 0; t < of.count; t += CHAIN) {
                int tiles = Math.min(CHAIN, of.count - t);
                for (int j = 0; j < pairs.zBlocks;) {
                    BandTile tile = BandTile.of(pairs.zBlocks - j);
                    int zo = of.zAt + p * of.zPosition + ((pairs.zBlock + j) * of.room + t) * LANES;
                    for (int i = 0; i < pairs.xBlocks * LANES; i += tile.sources) {
                        int xo = Scratch.LEAD + p * of.xPosition + ((pairs.xBlock + i / LANES) * of.room + t) * LANES
                                + i % LANES;
                        tile.run(1, tiles, of.spread, xo, 0, of.spread, zo, 0, of.room * LANES, sums,
                                place + i * ld + j * LANES, ld);
                    }
                    j += tile.blocks;
                }
            }
            if (of.last) {
                Loops.scale(points.scale[p / n] * points.scale[p % n], sums, place, sums, place, plane);
            }
        }
    }

    /// Transforms sums back and writes them in the filter's own order.
    private void store(Pairs pairs, float[] sums, int at, float[] work) {
        var points = form.points();
        int n = form.n();
        int r = form.r();
        int plane = pairs.plane();
        int half = Scratch.LEAD;
        for (int j = 0; j < n; j++) {
            points.gather(r, sums, at + j * sumsPosition(), n * sumsPosition(), LANES, work, half + j * plane, n
                    * plane, LANES, plane / LANES);
        }
        int row = pairs.zBlocks * LANES;
        for (int c = 0; c < pairs.xBlocks * LANES; c++) {
            for (int i = 0; i < r; i++) {
                points.gather(r, work, half + i * n * plane + c * row, plane, LANES, sums, at + (c * r + i) * r * row,
                        row, LANES, pairs.zBlocks);
            }
        }
        write(pairs, sums, at);
    }

    /// Turns `[source channel][tap][result channel]` into the filter's own order.
    private void write(Pairs pairs, float[] sums, int at) {
        var w = Strides.into(dw.array());
        int step = w.step()[0];
        int taps = Math.min(pairs.xBlocks * LANES, x.channels() - pairs.xBlock * LANES) * form.r() * form.r();
        int filters = Math.min(pairs.zBlocks * LANES, z.channels() - pairs.zBlock * LANES);
        int to = w.base() + pairs.zBlock * LANES * step + pairs.xBlock * LANES * w.step()[1];
        Turning.turn(taps, filters, sums, at, pairs.zBlocks * LANES, w.data(), to, step, dw.adds());
    }
}
