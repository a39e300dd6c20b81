package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// Convolution with a blocked result: vectors run over result channels, and the source is read through a table of
/// offsets ([PixelTile]). Nothing like a patch matrix exists; only where taps reach beyond the border, or a stride
/// separates neighbours, a [Band] of rows is copied with its padding, which costs a few percent of the products.
///
/// Every element is a sum of chains of fused multiply-adds in the order (source channel, tap).
final class BlockedConv {
    private static final int LANES = BlockedView.LANES;
    /// Chunks to aim for.
    private static final int CHUNKS = 16;
    /// Longest chain of multiply-adds; a longer sum is made of several, which rounds less.
    private static final int CHAIN = 128;
    /// Fewer images than this are cut into panels of result channels first and into rows second; so many chunks to aim
    /// for then, and so many padded elements worth a chunk.
    private static final int FEW = 4;
    private static final int FEW_CHUNKS = 8;
    private static final int PADDED_CHUNK = 1 << 14;
    /// Panels of weights to aim for where they alone are the chunks, and most pixels of a map for that.
    private static final int FEW_PANELS = 4;
    private static final int SMALL = 100;
    /// Most elements of a band.
    private static final int BAND = 1 << 18;
    /// Pixels of tiny flat maps that go through a panel's weights together.
    private static final int TOGETHER = 288;
    /// Fewest pixels of a flat map that is computed in stretches, and the pixels of a stretch.
    private static final int LONG = 32;
    private static final int STRETCH = 52;

    private final Workers workers;
    private final int gridH;
    private final int gridW;
    private final int stepH;
    private final int stepW;
    private final int[] tapH;
    private final int[] tapW;

    private BlockedConv(Workers workers, int gridH, int gridW, int stepH, int stepW, int[] tapH, int[] tapW) {
        this.workers = workers;
        this.gridH = gridH;
        this.gridW = gridW;
        this.stepH = stepH;
        this.stepW = stepW;
        this.tapH = tapH;
        this.tapW = tapW;
    }

    /// The source of a convolution: a blocked or a row-major array.
    record Source(float[] data, int base, int image, int plane, int row, int pixel, int unit, int channels,
            int height, int width) {
        static Source of(NDArray x) {
            if (BlockedView.is(x)) {
                var v = BlockedView.of(x);
                return new Source(v.data(), v.base(), v.batch(), v.plane(), v.width() * LANES, LANES, LANES,
                        v.channels(), v.height(), v.width());
            }
            var s = Strides.of(x);
            return new Source(s.data(), s.base(), s.step()[0], s.step()[1], s.step()[2], s.step()[3], 1, x.dim(1),
                    x.dim(2), x.dim(3));
        }

        int outer() {
            return Math.ceilDiv(channels, unit);
        }
    }

    /// Where results go: `yPixel` and `yRow` are more than a vector and a row for a phase of a strided gradient.
    record Result(BlockedView y, int offset, int yPixel, int yRow, boolean adds) {
        int at(int n, int block, int p, int q) {
            return y.at(n, block) + offset + p * yRow + q * yPixel;
        }
    }

    /// @param residual added before the activation, or null
    static void forward(Workers workers, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, BlockedView residual,
            NDArray y) {
        var filter = Strides.of(w);
        var view = BlockedView.of(y);
        var epilogue = new Epilogue(bias == null ? null : view.lanesOf(bias), residual, spec.activation());
        new BlockedConv(workers, y.dim(2), y.dim(3), spec.stride().h(), spec.stride().w(), Taps.rows(spec, w),
                Taps.columns(spec, w)).run(Source.of(x),
                        new Panels.Weights(filter, filter.step()[0], filter.step()[1], Taps.offsets(filter, w),
                                Panels.owner(w)),
                        new Result(view, 0, LANES, view.width() * LANES, false), epilogue);
    }

    /// Phase by phase, as [SimdConv#conv2dBackwardData].
    static void backwardData(Workers workers, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        var filter = Strides.of(w);
        var view = BlockedView.of(dx.array());
        int strideH = spec.stride().h();
        int strideW = spec.stride().w();
        int phasesW = Math.min(strideW, view.width());
        var phases = new Taps.Phase[Math.min(strideH, view.height()) * phasesW];
        Arrays.setAll(phases, i -> Taps.phase(spec, w, filter, i / phasesW, i % phasesW));
        // With a stride over the filter's reach, some pixels are seen by no tap.
        if (!dx.adds() && Arrays.stream(phases).anyMatch(taps -> taps.count() == 0)) {
            BlockedMoves.fill(workers, 0, dx.array());
        }
        for (int i = 0; i < phases.length; i++) {
            Taps.Phase taps = phases[i];
            int h = i / phasesW;
            int v = i % phasesW;
            if (taps.count() > 0) {
                var result = new Result(view, (h * view.width() + v) * LANES, strideW * LANES,
                        strideH * view.width() * LANES, dx.adds());
                new BlockedConv(workers, Math.ceilDiv(view.height() - h, strideH),
                        Math.ceilDiv(view.width() - v, strideW), 1, 1, taps.h(), taps.w()).run(Source.of(dz),
                                new Panels.Weights(filter, filter.step()[1], filter.step()[0], taps.offset(), null),
                                result, Epilogue.NONE);
            }
        }
    }

    private void run(Source x, Panels.Weights w, Result to, Epilogue epilogue) {
        BlockedView y = to.y();
        var geometry = new SmallMapConv.Geometry(gridH, gridW, stepH, stepW, tapH, tapW);
        var band = new Band(x.unit, x.outer(), x.height, x.width, gridW, stepH, stepW, tapH, tapW);
        boolean direct = x.unit == LANES && band.isInside(gridH, gridW);
        boolean dense = to.yPixel() == LANES && to.yRow() == gridW * LANES;
        // A direct convolution by a single tap over whole rows sees the plane as one long row.
        boolean flat = direct && dense && tapH.length == 1 && stepH == 1 && gridW == x.width && gridH == x.height;
        if (!flat && SmallMapConv.suits(geometry, x, y.images())) {
            SmallMapConv.run(workers, geometry, x, w, to, epilogue);
            return;
        }
        boolean few = y.images() < FEW;
        if (few && flat && geometry.pixels() <= SMALL) {
            fewSmall(x.data, x.base, x.image, shifts(x, null, 0), x.channels, w, to, epilogue);
            return;
        }
        if (few && dense && !direct && Patches.suit(geometry, x)) {
            var patches = Patches.of(workers, geometry, x, y.images());
            fewSmall(patches.data(), 0, patches.image(), patches.shifts(), x.channels, w, to, epilogue);
            return;
        }
        int most = Math.ceilDiv(gridH, few ? fewBands(y) : bands(y.images(), direct ? 0 : band.size(gridH)));
        int bands = Math.ceilDiv(gridH, most);
        int shortest = flat ? (gridH - (bands - 1) * most) * gridW : gridW;
        var panels = Panels.of(workers, w, y.channels(), x.channels,
                PixelTile.panels(y.blocks(), flat ? most * gridW : gridW, shortest, x.unit, true), false);
        // All chunks of few images share their padded rows, any others have their own.
        int bandRows = few ? gridH : most;
        float[] padded = few && !direct ? pad(band, x, y.images()) : null;
        int[] shift = shifts(x, direct ? null : band, bandRows);
        int rowStep = direct ? stepH * x.row : band.resultRow();
        // Of tiny flat maps several go through a panel's weights together.
        boolean stretches = flat && !few && most * gridW >= LONG;
        int together = flat && !stretches && bands == 1 ? Math.clamp(TOGETHER / (gridH * gridW), 1, y.images()) : 1;
        // Panels are chunks of their own where no chunk has to pad rows for them.
        int split = flat && !stretches || few ? panels.count() : 1;
        int ofImage = bands * split;
        workers.run(Math.ceilDiv(y.images(), together) * ofImage, chunk -> {
            int n0 = chunk / ofImage * together;
            int p0 = chunk % ofImage / split * most;
            int rows = Math.min(most, gridH - p0);
            float[] source = direct ? x.data : padded;
            int at = direct ? x.base + n0 * x.image + p0 * rowStep : n0 * band.size(bandRows) + p0 * rowStep;
            if (source == null) {
                source = Scratch.ofThread().floats(Scratch.WORK, band.size(bandRows));
                band.fill(x.data, x.base + n0 * x.image, x.plane, x.row, x.pixel, p0, most, source);
                at = 0;
            }
            var area = flat ? new Area(n0, Math.min(together, y.images() - n0), p0, 1, rows * gridW)
                    : new Area(n0, 1, p0, rows, gridW);
            var sweep = new Sweep(panels, source, x.image, rowStep, x.unit, shift, to, area, epilogue);
            if (stretches) {
                sweep.stretches(at);
                return;
            }
            for (int panel = chunk % split; panel < panels.count(); panel += split) {
                sweep.panel(panel, at);
            }
        });
    }

    /// Few images of small maps whose pixels lie in one row. Every panel of weights is a chunk, and is read once.
    private void fewSmall(float[] source, int base, int imageStep, int[] shift, int channels, Panels.Weights w,
            Result to, Epilogue epilogue) {
        BlockedView y = to.y();
        var area = new Area(0, y.images(), 0, 1, gridH * gridW);
        var panels = Panels.of(workers, w, y.channels(), channels,
                PixelTile.streamed(y.blocks(), area.width, LANES, FEW_PANELS), true);
        var sweep = new Sweep(panels, source, imageStep, 0, LANES, shift, to, area, epilogue);
        workers.run(panels.count(), panel -> sweep.panel(panel, base));
    }

    /// How many bands of rows an image is cut into.
    private int bands(int images, int padded) {
        return Math.clamp(Math.max(Math.ceilDiv(CHUNKS, Math.max(1, images)), Math.ceilDiv(padded, BAND)), 1, gridH);
    }

    /// The same where panels are chunks too: rather few, since each band reads all of a panel's weights, which is what
    /// takes time.
    private int fewBands(BlockedView y) {
        return Math.clamp(Math.ceilDiv(FEW_CHUNKS, Math.max(1, y.images() * Math.ceilDiv(y.blocks(), 4))), 1, gridH);
    }

    private float[] pad(Band band, Source x, int images) {
        int size = band.size(gridH);
        float[] padded = Scratch.ofThread().floats(Scratch.WORK, images * size);
        int parts = Math.clamp(size / PADDED_CHUNK, 1, x.outer());
        workers.run(images * parts, i -> band.fill(x.data, x.base + i / parts * x.image, x.plane, x.row, x.pixel, 0,
                gridH, i % parts * x.outer() / parts, (i % parts + 1) * x.outer() / parts, padded, i / parts * size));
        return padded;
    }

    /// Where the source channels and taps of a pixel lie.
    ///
    /// @param band null if the source is read in place
    private int[] shifts(Source x, Band band, int bandRows) {
        int[] shift = new int[x.channels * tapH.length];
        for (int c = 0, k = 0; c < x.channels; c++) {
            for (int t = 0; t < tapH.length; t++, k++) {
                shift[k] = band != null ? band.shift(c, t, bandRows)
                        : c / LANES * x.plane + c % LANES + tapH[t] * x.row + tapW[t] * LANES;
            }
        }
        return shift;
    }

    /// The pixels of one chunk: rows of so many images. (A flat band is one row.)
    private record Area(int image, int images, int row, int rows, int width) {
        int pixels() {
            return rows * width;
        }
    }

    /// Tiles along rows.
    private record Sweep(Panels panels, float[] source, int imageStep, int rowStep, int pixelStride, int[] shift,
            Result to, Area area, Epilogue epilogue) {

        /// One panel. All rows see one part of the depth before the next, so that the part's weights stay in the
        /// first-level cache.
        void panel(int panel, int at) {
            PixelTile[] cover = PixelTile.cover(area.width, panels.blocks(panel), pixelStride, true);
            int parts = parts();
            for (int part = 0; part < parts; part++) {
                for (int n = 0; n < area.images; n++) {
                    for (int p = 0; p < area.rows; p++) {
                        row(cover, 0, cover.length, 0, panel, at + n * imageStep + p * rowStep, area.image + n,
                                area.row + p, part);
                    }
                }
            }
            for (int n = 0; n < area.images; n++) {
                finish(panel, area.image + n, 0, area.pixels());
            }
        }

        /// One long row, by stretches that see all panels before the next: what is read in single numbers stays in the
        /// first-level cache, and the weights stream through it.
        void stretches(int at) {
            int[] tiles = new int[panels.count()];
            int[] pixels = new int[panels.count()];
            int parts = parts();
            PixelTile[][] covers = new PixelTile[tiles.length][];
            Arrays.setAll(covers, i -> PixelTile.cover(area.width, panels.blocks(i), pixelStride, true));
            for (int begin = 0; begin < area.width; begin += STRETCH) {
                for (int panel = 0; panel < tiles.length; panel++) {
                    PixelTile[] cover = covers[panel];
                    int from = pixels[panel];
                    int first = tiles[panel];
                    while (tiles[panel] < cover.length && pixels[panel] < begin + STRETCH) {
                        pixels[panel] += cover[tiles[panel]++].pixels;
                    }
                    for (int part = 0; part < parts; part++) {
                        row(cover, first, tiles[panel], from, panel, at, area.image, area.row, part);
                    }
                    finish(panel, area.image, from, Math.min(pixels[panel], area.width));
                }
            }
        }

        private int parts() {
            return Math.max(1, Math.ceilDiv(panels.depth, CHAIN));
        }

        private int from(int part) {
            return (int) ((long) part * panels.depth / parts());
        }

        /// One part of the depth for the tiles `first … end−1` of a row, which begin at pixel `q`.
        private void row(PixelTile[] cover, int first, int end, int q, int panel, int at, int n, int p, int part) {
            int block = panels.first[panel];
            for (int i = first; i < end; i++) {
                PixelTile tile = cover[i];
                if (q + tile.pixels <= area.width) {
                    tile.run(from(part), from(part + 1), source, at + q * pixelStride, shift, panels.data,
                            panels.place(panel), to.y.data(), to.at(n, block, p, q), to.yPixel, to.y.plane(),
                            to.adds || part > 0);
                } else if (part == 0) {
                    rest(tile, panel, at, n, p, q);
                }
                q += tile.pixels;
            }
        }

        /// The last pixels of a row, of all parts: a tile that ends with the row, of which only what is new is kept.
        private void rest(PixelTile tile, int panel, int at, int n, int p, int from) {
            int q = area.width - tile.pixels;
            float[] own = Scratch.ofThread().floats(Scratch.TILE, tile.pixels * tile.blocks * LANES);
            for (int part = 0; part < parts(); part++) {
                tile.run(from(part), from(part + 1), source, at + q * pixelStride, shift, panels.data,
                        panels.place(panel), own, 0, LANES, tile.pixels * LANES, part > 0);
            }
            for (int b = 0; b < tile.blocks; b++) {
                VectorBlocks.copyPixels(own, (b * tile.pixels + from - q) * LANES, LANES, to.y.data(),
                        to.at(n, panels.first[panel] + b, p, from), to.yPixel, area.width - from, to.adds);
            }
        }

        /// Bias, residual and activation of the pixels `from … end−1` of the area.
        private void finish(int panel, int n, int from, int end) {
            for (int block = panels.first[panel]; block < panels.first[panel + 1]; block++) {
                epilogue.apply(to.y, n, block, (area.row * to.y.width() + from) * LANES, end - from);
            }
        }
    }

    /// What happens to sums of a blocked result: `y = act(y + bias + residual)`.
    ///
    /// @param bias     in whole vectors, or null
    /// @param residual shaped like the result, or null
    record Epilogue(float[] bias, BlockedView residual, UnarySpec activation) {
        private static final Epilogue NONE = new Epilogue(null, null, UnarySpec.IDENTITY);

        /// On some pixels of a plane, `from` elements behind its beginning.
        void apply(BlockedView y, int n, int block, int from, int pixels) {
            int at = y.at(n, block) + from;
            if (bias != null) {
                VectorBlocks.addToPixels(bias, block * LANES, y.data(), at, pixels);
            }
            if (residual != null) {
                Loops.copy(residual.data(), residual.at(n, block) + from, y.data(), at, pixels * LANES, true);
            }
            if (!activation.isIdentity()) {
                Unary.apply(activation, y.data(), at, y.data(), at, pixels * LANES);
                y.clearPadding(block, at, pixels);
            }
        }
    }
}
