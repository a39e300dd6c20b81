package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Storage;
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
///
/// Transformed weights that are kept (inference) are only read, in both orders.
final class WinogradConv {
    private static final int LANES = BlockedView.LANES;
    /// Elements of transformed inputs that a chunk works on.
    private static final int CHUNK = 200_000;
    /// Tiles that a panel of weights works on at a time, when all tiles are there.
    private static final int WIDE = 96;
    /// Most elements of transformed inputs for which all of them are kept.
    private static final int ALL = 1 << 22;
    /// Chunks to aim for.
    private static final int CHUNKS = 8;
    /// Most tiles for which kept weights are read ahead: they are needed once or twice.
    private static final int FEW = 24;
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
    private final BlockedView residual;
    private final UnarySpec activation;
    private final boolean adds;
    /// Transformed weights that are kept, or null.
    private final KeptFloats kept;

    private WinogradConv(Workers workers, Winograd form, BlockedView x, BlockedView y, int top, int left,
            Strides w, int resultStep, int sourceStep, boolean turned, Storage owner, float[] bias,
            BlockedView residual, UnarySpec activation, boolean adds) {
        this.workers = workers;
        this.form = form;
        this.x = x;
        this.y = y;
        this.top = top;
        this.left = left;
        this.bias = bias;
        this.residual = residual;
        this.activation = activation;
        this.adds = adds;
        grid = form.grid(y.images(), y.height(), y.width());
        tile = PixelTile.forShape(Math.min(TYPICAL, grid.tiles()), y.blocks(), LANES);
        filter = new WinogradFilter(form, w, resultStep, sourceStep, turned, y.channels(), x.channels(),
                tile.blocks * LANES);
        kept = owner == null ? null : owner.form(new Form(form.m(), tile.blocks), () -> {
            var room = KeptFloats.of(filter.panels() * filter.panel());
            filter.transformAll(workers, room.data(), room.base());
            return room;
        });
    }

    /// What transformed forms of the same weights differ in.
    private record Form(int m, int blocks) {
    }

    /// @param residual added before the activation, or null
    static void forward(Workers workers, Winograd form, Conv2dSpec spec, NDArray xs, NDArray w, NDArray bias,
            BlockedView residual, NDArray ys) {
        var y = BlockedView.of(ys);
        var weights = Strides.of(w);
        new WinogradConv(workers, form, BlockedView.of(xs), y, spec.pad().h(), spec.pad().w(), weights,
                weights.step()[0], weights.step()[1], false, Panels.owner(w), bias == null ? null : y.lanesOf(bias),
                residual,
                spec.activation(), false).run();
    }

    static void backwardData(Workers workers, Winograd form, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        var weights = Strides.of(w);
        new WinogradConv(workers, form, BlockedView.of(dz), BlockedView.of(dx.array()), form.r() - 1 - spec.pad().h(),
                form.r() - 1 - spec.pad().w(), weights, weights.step()[1], weights.step()[0], true, null, null, null,
                UnarySpec.IDENTITY, dx.adds()).run();
    }

    private void run() {
        int perTile = form.positions() * x.blocks() * LANES;
        int all = roundUp(grid.tiles());
        if ((long) all * perTile <= ALL && filter.panels() * filter.panel() > CHUNK
                || kept != null && (long) all * perTile <= CHUNK) {
            tilesFirst(all);
        } else {
            weightsFirst(Math.min(all, Math.clamp(CHUNK / (perTile * tile.pixels), 1, 8) * tile.pixels));
        }
    }

    private int roundUp(int tiles) {
        return Math.ceilDiv(tiles, tile.pixels) * tile.pixels;
    }

    private void weightsFirst(int chunk) {
        float[] u = kept != null ? kept.data()
                : Scratch.ofThread().aligned(Scratch.PACKED_A, filter.panels() * filter.panel());
        int uo = kept != null ? kept.base() : Scratch.LEAD;
        if (kept == null) {
            filter.transformAll(workers, u, uo);
        }
        int position = x.blocks() * chunk * LANES + LANES;
        int[] shift = shifts(chunk);
        workers.run(Math.ceilDiv(grid.tiles(), chunk), i -> {
            int first = i * chunk;
            int count = Math.min(chunk, grid.tiles() - first);
            var products = new Products(chunk, form.positions() * position);
            for (int block = 0; block < x.blocks(); block++) {
                form.spread(grid, x, block, form.n(), top, left, first, count, products.work, products.work,
                        products.more + block * chunk * LANES, position);
            }
            for (int panel = 0; panel < filter.panels(); panel++) {
                for (int part = 0; part < filter.parts(); part++) {
                    products.add(part, u, uo + panel * filter.panel() + part * filter.part(), products.work,
                            products.more, position, shift, count);
                }
                products.store(panel, first, count);
            }
        });
    }

    private void tilesFirst(int all) {
        // Kept weights can be read by several chunks, which a single image needs to have enough of them.
        int least = kept == null ? 1 : Math.ceilDiv(CHUNKS, filter.panels());
        int chunk = Math.min(roundUp(Math.ceilDiv(all, least)), WIDE / tile.pixels * tile.pixels);
        int position = x.blocks() * all * LANES + LANES;
        float[] v = Scratch.ofThread().aligned(Scratch.PACKED_A, form.positions() * position);
        int groups = Math.ceilDiv(grid.tiles(), chunk);
        workers.run(groups * x.blocks(), i -> {
            int block = i / groups;
            int first = i % groups * chunk;
            form.spread(grid, x, block, form.n(), top, left, first, Math.min(chunk, grid.tiles() - first), Scratch
                    .ofThread().aligned(Scratch.WORK, form.room()), v, Scratch.LEAD + (block * all + first) * LANES,
                    position);
        });
        int[] shift = shifts(all);
        int split = kept == null ? 1 : groups;
        // Where each part's weights are needed once they share a place, which stays nearer than places of their own.
        int partStep = groups == 1 ? 0 : filter.part();
        workers.run(filter.panels() * split, i -> {
            int panel = i / split;
            var products = new Products(chunk, kept != null ? 0 : groups == 1 ? filter.part() : filter.panel());
            float[] weights = kept == null ? products.work : kept.data();
            for (int first = i % split * chunk; first < grid.tiles(); first += split * chunk) {
                int count = Math.min(chunk, grid.tiles() - first);
                for (int part = 0; part < filter.parts(); part++) {
                    int u = kept == null ? products.more + part * partStep
                            : kept.base() + panel * filter.panel() + part * filter.part();
                    if (kept == null && first == 0) {
                        filter.transform(panel, part, products.work, products.work, u);
                    }
                    products.add(part, weights, u, v, Scratch.LEAD + first * LANES, position, shift, count);
                }
                products.store(panel, first, count);
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

    /// Products and results of some tiles and a panel of result channels, with the thread's working memory:
    /// room for transforms, products, results, and what the caller keeps there.
    private final class Products {
        final float[] work;
        final int more;
        private final int z;
        private final int results;
        /// Distance between positions and between blocks of the products.
        private final int position;
        private final int block;

        Products(int tiles, int additional) {
            block = tiles * LANES;
            position = tile.blocks * block + LANES;
            z = Scratch.LEAD + Math.max(form.room(), filter.room());
            results = z + form.positions() * position;
            more = results + block * form.m() * form.m();
            work = Scratch.ofThread().aligned(Scratch.WORK, more + additional);
        }

        /// Adds the products over one part of the source channels.
        void add(int part, float[] u, int uo, float[] v, int vo, int vPosition, int[] shift, int count) {
            int from = filter.start(part);
            int to = filter.start(part + 1);
            for (int i = 0; i < form.positions(); i++) {
                int wo = uo + i * filter.position() - from * filter.width();
                if (kept != null && grid.tiles() <= FEW) {
                    Ahead.read(u, uo + i * filter.position(), (to - from) * filter.width());
                }
                for (int t = 0; t < count; t += tile.pixels) {
                    tile.run(from, to, v, vo + i * vPosition + t * LANES, shift, u, wo, work, z + i * position
                            + t * LANES, LANES, block, part > 0);
                }
            }
        }

        /// Turns the sums into pixels.
        void store(int panel, int first, int count) {
            int pixels = count * form.m() * form.m();
            for (int b = 0; b < tile.blocks; b++) {
                int channels = panel * tile.blocks + b;
                form.gather(work, z + b * block, position, count, work, work, results);
                if (bias != null) {
                    VectorBlocks.addToPixels(bias, channels * LANES, work, results, pixels);
                }
                if (residual != null) {
                    form.addFrom(grid, residual, channels, first, count, work, results);
                }
                if (!activation.isIdentity()) {
                    Unary.apply(activation, work, results, work, results, pixels * LANES);
                    BlockedView.clear(work, results, y.realLanes(channels), pixels);
                }
                form.place(grid, work, results, first, count, y, channels, adds);
            }
        }
    }
}
