package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;

/// Winograd's convolution of blocked arrays, forward and for the gradient of the data (which is the convolution of the
/// gradient by the turned filter).
///
/// Per position of the patches, the transformed inputs of many tiles times the transformed weights is an ordinary
/// product, done by the same register tiles as a direct convolution ([PixelTile], whose pixels are tiles here). There
/// are two orders of work:
///
/// - many tiles, few weights: all weights are transformed first; then every chunk takes some tiles from pixels to
///   pixels, so that nothing but pixels leaves the second-level cache;
/// - few tiles, many weights: all tiles are transformed first; then every chunk takes a panel of result channels
///   from weights to pixels, so that the transformed weights, four times the size of the weights, never leave
///   the second-level cache.
final class WinogradConv {
    private static final int LANES = BlockedView.LANES;
    /// Longest chain of multiply-adds, as in [BlockedConv].
    private static final int CHAIN = 128;
    /// Elements of transformed inputs that a chunk works on.
    private static final int CHUNK = 200_000;
    /// Tiles that a panel of weights works on at a time, when all tiles are there.
    private static final int WIDE = 96;
    /// Most elements of transformed inputs for which all of them are kept.
    private static final int ALL = 1 << 22;
    /// Tiles that the width of the register tile is chosen for.
    private static final int TYPICAL = 24;

    private final Workers workers;
    private final Winograd form;
    private final BlockedView x;
    private final BlockedView y;
    private final Winograd.Grid grid;
    private final int top;
    private final int left;
    private final WinogradFilter filter;
    private final PixelTile tile;
    private final float[] bias;
    private final UnarySpec activation;
    private final boolean adds;

    private WinogradConv(Workers workers, Winograd form, BlockedView x, BlockedView y, int top, int left,
            Strides w, int resultStep, int sourceStep, boolean turned, float[] bias, UnarySpec activation,
            boolean adds) {
        this.workers = workers;
        this.form = form;
        this.x = x;
        this.y = y;
        this.top = top;
        this.left = left;
        this.bias = bias;
        this.activation = activation;
        this.adds = adds;
        grid = form.grid(y.images(), y.height(), y.width());
        tile = PixelTile.forShape(TYPICAL, y.blocks(), LANES);
        filter = new WinogradFilter(form, w, resultStep, sourceStep, turned, y.channels(), x.channels(),
                tile.blocks * LANES);
    }

    static void forward(Workers workers, Winograd form, Conv2dSpec spec, NDArray xs, NDArray w, NDArray bias,
            NDArray ys) {
        var y = BlockedView.of(ys);
        var weights = Strides.of(w);
        new WinogradConv(workers, form, BlockedView.of(xs), y, spec.pad().h(), spec.pad().w(), weights,
                weights.step()[0], weights.step()[1], false, bias == null ? null : y.lanesOf(bias), spec.activation(),
                false).run();
    }

    static void backwardData(Workers workers, Winograd form, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        var weights = Strides.of(w);
        new WinogradConv(workers, form, BlockedView.of(dz), BlockedView.of(dx.array()), form.r() - 1 - spec.pad().h(),
                form.r() - 1 - spec.pad().w(), weights, weights.step()[1], weights.step()[0], true, null,
                UnarySpec.IDENTITY, dx.adds()).run();
    }

    private void run() {
        int perTile = form.positions() * x.blocks() * LANES;
        int all = roundUp(grid.tiles());
        int chunk = Math.clamp(CHUNK / (perTile * tile.pixels), 1, 8) * tile.pixels;
        if ((long) all * perTile <= ALL && filter.panels() * filter.panel() > CHUNK) {
            tilesFirst(all, Math.max(chunk, WIDE / tile.pixels * tile.pixels));
        } else {
            weightsFirst(Math.min(all, chunk));
        }
    }

    private int roundUp(int tiles) {
        return Math.ceilDiv(tiles, tile.pixels) * tile.pixels;
    }

    private void weightsFirst(int chunk) {
        int panel = filter.panel();
        float[] u = Scratch.ofThread().floats(Scratch.PACKED_A, filter.panels() * panel);
        workers.run(filter.panels() * filter.pieces(), i -> filter.transform(i / filter.pieces(), i % filter.pieces(),
                u, i / filter.pieces() * panel));
        int position = x.blocks() * chunk * LANES + LANES;
        int[] shift = shifts(chunk);
        workers.run(Math.ceilDiv(grid.tiles(), chunk), i -> {
            int first = i * chunk;
            int count = Math.min(chunk, grid.tiles() - first);
            float[] v = Scratch.ofThread().floats(Scratch.WORK, form.positions() * position);
            for (int block = 0; block < x.blocks(); block++) {
                form.spread(grid, x, block, form.n(), top, left, first, count, v, block * chunk * LANES, position);
            }
            for (int p = 0; p < filter.panels(); p++) {
                panel(p, u, p * panel, v, 0, position, shift, first, count);
            }
        });
    }

    private void tilesFirst(int all, int chunk) {
        int position = x.blocks() * all * LANES + LANES;
        float[] v = Scratch.ofThread().floats(Scratch.PACKED_A, form.positions() * position);
        int parts = Math.ceilDiv(grid.tiles(), chunk);
        workers.run(parts * x.blocks(), i -> {
            int block = i / parts;
            int first = i % parts * chunk;
            form.spread(grid, x, block, form.n(), top, left, first, Math.min(chunk, grid.tiles() - first), v,
                    (block * all + first) * LANES, position);
        });
        int[] shift = shifts(all);
        workers.run(filter.panels(), p -> {
            float[] u = Scratch.ofThread().floats(Scratch.WORK, filter.panel());
            filter.transform(p, u, 0);
            for (int first = 0; first < grid.tiles(); first += chunk) {
                panel(p, u, 0, v, first * LANES, position, shift, first, Math.min(chunk, grid.tiles() - first));
            }
        });
    }

    /// Where the source channels of a tile lie, with `tiles` tiles to a block.
    private int[] shifts(int tiles) {
        int[] shift = new int[x.channels()];
        for (int c = 0; c < shift.length; c++) {
            shift[c] = c / LANES * tiles * LANES + c % LANES;
        }
        return shift;
    }

    /// Products and results of some tiles and a panel of result channels.
    private void panel(int panel, float[] u, int uo, float[] v, int vo, int position, int[] shift, int first,
            int count) {
        int room = roundUp(count);
        int step = tile.blocks * room * LANES + LANES;
        var scratch = Scratch.ofThread();
        float[] z = scratch.floats(Scratch.WORK_2, form.positions() * step);
        int parts = Math.ceilDiv(shift.length, CHAIN);
        for (int i = 0; i < form.positions(); i++) {
            for (int part = 0; part < parts; part++) {
                int from = part * shift.length / parts;
                int to = (part + 1) * shift.length / parts;
                for (int t = 0; t < room; t += tile.pixels) {
                    tile.run(from, to, v, vo + i * position + t * LANES, shift, u, uo + i * filter.position(), z,
                            i * step + t * LANES, LANES, room * LANES, part > 0);
                }
            }
        }
        int pixels = count * form.m() * form.m();
        float[] results = scratch.floats(Scratch.WORK_3, pixels * LANES);
        for (int b = 0; b < tile.blocks; b++) {
            int block = panel * tile.blocks + b;
            form.gather(z, b * room * LANES, step, count, results);
            if (bias != null) {
                VectorBlocks.addToPixels(bias, block * LANES, results, 0, pixels);
            }
            if (!activation.isIdentity()) {
                Unary.apply(activation, results, 0, results, 0, pixels * LANES);
                BlockedView.clear(results, 0, y.realLanes(block), pixels);
            }
            form.place(grid, results, first, count, y, block, adds);
        }
    }
}
