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
    /// Most elements of a band.
    private static final int BAND = 1 << 18;

    private final Workers workers;
    private final int gridH;
    private final int gridW;
    private final int stepH;
    private final int stepW;
    private final int[] tapH;
    private final int[] tapW;
    private final int[] wTap;

    private BlockedConv(Workers workers, int gridH, int gridW, int stepH, int stepW, int[] tapH, int[] tapW,
            int[] wTap) {
        this.workers = workers;
        this.gridH = gridH;
        this.gridW = gridW;
        this.stepH = stepH;
        this.stepW = stepW;
        this.tapH = tapH;
        this.tapW = tapW;
        this.wTap = wTap;
    }

    /// The source of a convolution: a blocked or a row-major array.
    private record Source(float[] data, int base, int image, int plane, int row, int pixel, int unit, int channels,
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

    /// Where the weights lie: strides of result and source channel.
    private record Weights(Strides w, int resultStep, int sourceStep) {
    }

    /// Where results go: `yPixel` and `yRow` are more than a vector and a row for a phase of a strided gradient.
    private record Result(BlockedView y, int offset, int yPixel, int yRow, boolean adds) {
        int at(int n, int block, int p, int q) {
            return y.at(n, block) + offset + p * yRow + q * yPixel;
        }
    }

    static void forward(Workers workers, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        var filter = Strides.of(w);
        var view = BlockedView.of(y);
        new BlockedConv(workers, y.dim(2), y.dim(3), spec.stride().h(), spec.stride().w(), Taps.rows(spec, w),
                Taps.columns(spec, w), Taps.offsets(filter, w)).run(Source.of(x),
                        new Weights(filter, filter.step()[0], filter.step()[1]),
                        new Result(view, 0, LANES, view.width() * LANES, false), bias, spec.activation());
    }

    /// Phase by phase, as [SimdConv#conv2dBackwardData].
    static void backwardData(Workers workers, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        var filter = Strides.of(w);
        var view = BlockedView.of(dx.array());
        int strideH = spec.stride().h();
        int strideW = spec.stride().w();
        for (int h = 0; h < Math.min(strideH, view.height()); h++) {
            for (int v = 0; v < Math.min(strideW, view.width()); v++) {
                Taps.Phase taps = Taps.phase(spec, w, filter, h, v);
                var result = new Result(view, (h * view.width() + v) * LANES, strideW * LANES,
                        strideH * view.width() * LANES, dx.adds());
                new BlockedConv(workers, Math.ceilDiv(view.height() - h, strideH),
                        Math.ceilDiv(view.width() - v, strideW), 1, 1, taps.h(), taps.w(), taps.offset()).run(
                                Source.of(dz), new Weights(filter, filter.step()[1], filter.step()[0]), result, null,
                                UnarySpec.IDENTITY);
            }
        }
    }

    private void run(Source x, Weights w, Result to, NDArray bias, UnarySpec activation) {
        BlockedView y = to.y();
        int depth = x.channels * wTap.length;
        var band = new Band(x.unit, x.outer(), x.height, x.width, gridW, stepH, stepW, tapH, tapW);
        boolean direct = x.unit == LANES && band.isInside(gridH, gridW);
        // A direct convolution by a single tap over whole rows sees the plane as one long row.
        boolean flat = direct && wTap.length == 1 && stepH == 1 && gridW == x.width && gridH == x.height
                && to.yPixel() == LANES && to.yRow() == gridW * LANES;
        int bands = Math.clamp(Math.max(Math.ceilDiv(CHUNKS, Math.max(1, y.images())),
                direct ? 1 : Math.ceilDiv(band.size(gridH), BAND)), 1, gridH);
        int most = Math.ceilDiv(gridH, bands);
        PixelTile tile = PixelTile.forShape(flat ? most * gridW : gridW, y.blocks(), x.unit);
        int[] shift = new int[depth];
        for (int k = 0; k < depth; k++) {
            int c = k / wTap.length;
            int t = k % wTap.length;
            shift[k] = direct ? c / LANES * x.plane + c % LANES + tapH[t] * x.row + tapW[t] * LANES
                    : band.shift(c, t, most);
        }
        int parts = Math.max(1, Math.ceilDiv(depth, CHAIN));
        float[] packed = pack(w, y, tile, depth);
        float[] lanesOfBias = bias == null ? null : y.lanesOf(bias);
        workers.run(y.images() * bands, chunk -> {
            int n = chunk / bands;
            int p0 = chunk % bands * most;
            int rows = Math.min(most, gridH - p0);
            if (rows <= 0) {
                return;
            }
            float[] source = x.data;
            int at = x.base + n * x.image + p0 * stepH * x.row;
            int rowStep = stepH * x.row;
            if (!direct) {
                source = Scratch.ofThread().floats(Scratch.WORK, band.size(most));
                band.fill(x.data, x.base + n * x.image, x.plane, x.row, x.pixel, p0, most, source);
                at = 0;
                rowStep = band.resultRow();
            }
            var sweep = new Sweep(tile, depth, parts, source, shift, packed, to);
            for (int block = 0; block < y.blocks(); block += tile.blocks) {
                for (int part = 0; part < parts; part++) {
                    if (flat) {
                        sweep.row(at, n, block, p0, rows * gridW, part);
                    } else {
                        for (int p = 0; p < rows; p++) {
                            sweep.row(at + p * rowStep, n, block, p0 + p, gridW, part);
                        }
                    }
                }
            }
            if (lanesOfBias != null || !activation.isIdentity()) {
                finish(to, n, p0, rows, lanesOfBias, activation);
            }
        });
    }

    /// Tiles along a row.
    private record Sweep(PixelTile tile, int depth, int parts, float[] source, int[] shift, float[] packed, Result to) {

        /// One part of the depth for one row. The caller goes through all rows before the next part, so that the
        /// part's weights stay in the first-level cache.
        void row(int at, int n, int block, int p, int width, int part) {
            int wo = block / tile.blocks * depth * tile.blocks * LANES;
            int whole = width / tile.pixels * tile.pixels;
            int k0 = (int) ((long) part * depth / parts);
            int k1 = (int) ((long) (part + 1) * depth / parts);
            for (int q = 0; q < whole; q += tile.pixels) {
                tile.run(k0, k1, source, at + q * tile.pixelStride, shift, packed, wo, to.y.data(),
                        to.at(n, block, p, q), to.yPixel, to.y.plane(), to.adds || part > 0);
            }
            if (whole < width && part == 0) {
                rest(at, n, block, p, whole, width, wo);
            }
        }

        /// One tile whose result goes to a dense place of its own.
        private void alone(PixelTile one, int from, float[] weights, int wo, float[] result) {
            for (int part = 0; part < parts; part++) {
                one.run((int) ((long) part * depth / parts), (int) ((long) (part + 1) * depth / parts), source, from,
                        shift, weights, wo, result, 0, LANES, one.pixels * LANES, part > 0);
            }
        }

        /// The last pixels of a row: a tile that ends with the row, of which only what is new is kept.
        private void rest(int at, int n, int block, int p, int from, int width, int wo) {
            int q = width - tile.pixels;
            if (q < 0) {
                PixelTile narrow = PixelTile.forShape(1, 1, tile.pixelStride);
                narrow(narrow, at, n, block, p, from, width, wo);
                return;
            }
            float[] block2 = Scratch.ofThread().floats(Scratch.TILE, tile.pixels * tile.blocks * LANES);
            alone(tile, at + q * tile.pixelStride, packed, wo, block2);
            for (int b = 0; b < tile.blocks; b++) {
                for (int i = from; i < width; i++) {
                    Loops.copy(block2, (b * tile.pixels + i - q) * LANES, to.y.data(), to.at(n, block + b, p, i), LANES,
                            to.adds);
                }
            }
        }

        /// Rows narrower than the tile (the last band of a flat plane), a pixel at a time.
        private void narrow(PixelTile one, int at, int n, int block, int p, int from, int width, int wo) {
            float[] vector = Scratch.ofThread().floats(Scratch.TILE, tile.pixels * tile.blocks * LANES);
            float[] weights = Scratch.ofThread().floats(Scratch.TILE_SUMS, depth * LANES);
            for (int b = 0; b < tile.blocks; b++) {
                for (int k = 0; k < depth; k++) {
                    System.arraycopy(packed, wo + (k * tile.blocks + b) * LANES, weights, k * LANES, LANES);
                }
                for (int i = from; i < width; i++) {
                    alone(one, at + i * tile.pixelStride, weights, 0, vector);
                    Loops.copy(vector, 0, to.y.data(), to.at(n, block + b, p, i), LANES, to.adds);
                }
            }
        }
    }

    /// `[panel][source channel, tap][lanes of the panel's blocks]`, zero beyond the last result channel.
    private float[] pack(Weights w, BlockedView y, PixelTile tile, int depth) {
        int width = tile.blocks * LANES;
        int panels = y.blocks() / tile.blocks;
        int taps = wTap.length;
        float[] packed = Scratch.ofThread().floats(Scratch.PACKED_A, panels * depth * width);
        boolean isRowMajor = isRowMajor(w);
        workers.run(panels, panel -> {
            int first = panel * width;
            int count = Math.min(width, y.channels() - first);
            int base = w.w.base() + first * w.resultStep;
            int to = panel * depth * width;
            if (isRowMajor) {
                Packing.pack(w.w.data(), base, w.resultStep, 1, count, depth, packed, to, width);
                return;
            }
            for (int k = 0; k < depth; k++) {
                int from = base + k / taps * w.sourceStep + wTap[k % taps];
                for (int i = 0; i < count; i++) {
                    packed[to + k * width + i] = w.w.data()[from + i * w.resultStep];
                }
                Arrays.fill(packed, to + k * width + count, to + (k + 1) * width, 0);
            }
        });
        return packed;
    }

    /// Whether a result channel's weights lie in the order of the depth.
    private boolean isRowMajor(Weights w) {
        for (int t = 0; t < wTap.length; t++) {
            if (wTap[t] != t) {
                return false;
            }
        }
        return w.sourceStep == wTap.length;
    }

    private void finish(Result to, int n, int p0, int rows, float[] bias, UnarySpec activation) {
        int pixels = rows * gridW;
        for (int block = 0; block < to.y.blocks(); block++) {
            int at = to.at(n, block, p0, 0);
            if (bias != null) {
                VectorBlocks.addToPixels(bias, block * LANES, to.y.data(), at, pixels);
            }
            if (!activation.isIdentity()) {
                Unary.apply(activation, to.y.data(), at, to.y.data(), at, pixels * LANES);
                to.y.clearPadding(block, at, pixels);
            }
        }
    }
}
