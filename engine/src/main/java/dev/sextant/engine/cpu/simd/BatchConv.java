package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Storage;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// Convolution with vectors that run over images: for layers with so few channels that vectors over channels would
/// be mostly empty and packing patches would cost more than the products (LeNet's 1 and 6, the first layer of any
/// network). A block of as many images as a vector has lanes is turned so that the lanes are the images; then every
/// tap is a shifted view of the turned block ([ShiftTile]), whatever the width of the image.
///
/// Every element is one chain of fused multiply-adds in the order (row of the filter, channel, column).
final class BatchConv {
    private static final int LANES = VectorSupport.LANES;
    /// Most channels on the side that vectors would otherwise run along.
    private static final int FEW = 16;
    /// Parts of a filter gradient that are summed separately, then in order.
    private static final int PARTS = 8;
    /// Pixels from which on a filter gradient takes some rows at a time, and the elements of these rows: they stay in the
    /// first-level cache while all taps pass over them.
    private static final int LARGE_MAP = 256;
    private static final int BAND = 6144;

    private BatchConv() {
    }

    /// Whether the layer is of this kind.
    static boolean suits(Conv2dSpec spec, int images, int channels, int filters) {
        return VectorSupport.ON && spec.groups() == 1 && images >= LANES / 2 && Math.min(channels, filters) < FEW
                && channels < 2 * FEW;
    }

    static void forward(Workers workers, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        var image = new TurnedImage(x.dim(1), x.dim(2), x.dim(3), spec.pad().h(), spec.pad().w(), spec.pad().h(),
                spec.pad().w(), spec.stride().w());
        run(workers, image, Weights.of(w), spec, spec.stride().h(), x, bias == null ? null : Vector1.of(bias),
                spec.activation(), y, false);
    }

    /// For stride 1: the gradient of the data is the convolution of the gradient, padded by what the filter reaches
    /// beyond the padding, with the taps reversed.
    static void backwardData(Workers workers, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        int reachH = (w.dim(2) - 1) * spec.dilation().h();
        int reachW = (w.dim(3) - 1) * spec.dilation().w();
        int top = reachH - spec.pad().h();
        int left = reachW - spec.pad().w();
        NDArray result = dx.array();
        var image = new TurnedImage(dz.dim(1), dz.dim(2), dz.dim(3), top, left,
                result.dim(2) + reachH - top - dz.dim(2), result.dim(3) + reachW - left - dz.dim(3), 1);
        var filter = Strides.of(w);
        var weights = new Weights(filter, w.dim(1), filter.step()[1], w.dim(0), filter.step()[0],
                Taps.offsets(filter, w), w.dim(2), true, null);
        run(workers, image, weights, spec, 1, dz, null, UnarySpec.IDENTITY, result, dx.adds());
    }

    /// Whether [#backwardData] can do it.
    static boolean suitsBackward(Conv2dSpec spec, NDArray w) {
        return spec.stride().h() == 1 && spec.stride().w() == 1
                && spec.pad().h() <= (w.dim(2) - 1) * spec.dilation().h()
                && spec.pad().w() <= (w.dim(3) - 1) * spec.dilation().w();
    }

    /// Where the weights between result channel `i` and source channel `c` lie. Depths are ordered (row of the filter,
    /// source channel, column), so that rows which see nothing but padding can be left out.
    ///
    /// @param rows   rows of the filter
    /// @param turned whether the taps are taken from the last to the first
    /// @param owner  keeps the packed form, or null
    record Weights(Strides w, int results, int resultStep, int sources, int sourceStep, int[] tap, int rows,
            boolean turned, Storage owner) {

        /// Those of a forward convolution.
        static Weights of(NDArray w) {
            var filter = Strides.of(w);
            return new Weights(filter, w.dim(0), filter.step()[0], w.dim(1), filter.step()[1],
                    Taps.offsets(filter, w), w.dim(2), false, Panels.owner(w));
        }

        private record Form(int height) {
        }

        int columns() {
            return tap.length / rows;
        }

        /// Depths of a row.
        int row() {
            return sources * columns();
        }

        /// From a result pixel's place to what the depths from a row on see, for every row.
        int[][] shifts(TurnedImage image, Conv2dSpec spec) {
            int[][] shift = new int[rows][];
            for (int r = 0; r < rows; r++) {
                shift[r] = new int[(rows - r) * row()];
                for (int k = 0; k < shift[r].length; k++) {
                    shift[r][k] = image.shift(k % row() / columns(), (r + k / row()) * spec.dilation().h(),
                            k % columns() * spec.dilation().w());
                }
            }
            return shift;
        }

        /// Packs them for a tile: `[panel][depth][rows of the tile]`, rows beyond the last being zero.
        KeptFloats pack(int height) {
            int size = Math.ceilDiv(results, height) * height * rows * row();
            return owner == null ? pack(height, new KeptFloats(Scratch.ofThread().floats(Scratch.PACKED_A, size), 0))
                    : owner.form(new Form(height), () -> pack(height, KeptFloats.of(size)));
        }

        private KeptFloats pack(int height, KeptFloats packed) {
            int depth = rows * row();
            int panels = Math.ceilDiv(results, height);
            for (int panel = 0; panel < panels; panel++) {
                for (int k = 0; k < depth; k++) {
                    int t = k / row() * columns() + k % columns();
                    int from = w.base() + k % row() / columns() * sourceStep + tap[turned ? tap.length - 1 - t : t];
                    for (int i = 0; i < height; i++) {
                        int result = panel * height + i;
                        packed.data()[packed.base() + (panel * depth + k) * height + i] = result < results
                                ? w.data()[from + result * resultStep]
                                : 0;
                    }
                }
            }
            return packed;
        }
    }

    private static void run(Workers workers, TurnedImage image, Weights weights, Conv2dSpec spec, int strideH,
            NDArray x, Vector1 bias, UnarySpec activation, NDArray y, boolean adds) {
        int images = x.dim(0);
        int filters = y.dim(1);
        int q = y.dim(3);
        ShiftTile tile = ShiftTile.forShape(filters, q * LANES);
        KeptFloats packed = weights.pack(tile.rows);
        int[][] shift = weights.shifts(image, spec);
        int panels = Math.ceilDiv(filters, tile.rows);
        int rowWidth = Math.ceilDiv(q * LANES, tile.columns) * tile.columns;
        var from = Strides.of(x);
        var to = Strides.into(y);
        int slack = rowWidth - q * LANES;
        int lead = Scratch.LEAD;
        workers.run(Math.ceilDiv(images, LANES), block -> {
            var scratch = Scratch.ofThread();
            int n0 = block * LANES;
            int count = Math.min(LANES, images - n0);
            float[] turned = scratch.aligned(Scratch.WORK, image.size() + slack);
            image.turn(from, n0, count, turned, lead);
            Arrays.fill(turned, lead + image.size(), lead + image.size() + slack, 0);
            float[] row = scratch.aligned(Scratch.WORK_2, panels * tile.rows * rowWidth);
            for (int h = 0; h < y.dim(2); h++) {
                int first = 0;
                int end = weights.rows;
                while (first < end - 1 && image.isPadding(h * strideH + first * spec.dilation().h())) {
                    first++;
                }
                while (end > first + 1 && image.isPadding(h * strideH + (end - 1) * spec.dilation().h())) {
                    end--;
                }
                for (int panel = 0; panel < panels; panel++) {
                    int a = (panel * weights.rows + first) * weights.row() * tile.rows;
                    for (int j = 0; j < rowWidth; j += tile.columns) {
                        tile.run((end - first) * weights.row(), packed.data(), packed.base() + a, turned,
                                lead + h * strideH * image.rowStride() + j, shift[first], row,
                                lead + panel * tile.rows * rowWidth + j, rowWidth);
                    }
                }
                finish(row, lead, rowWidth, filters, q * LANES, bias, activation);
                for (int f = 0; f < filters; f++) {
                    Turning.back(row, lead + f * rowWidth, q, to, n0, count,
                            to.base() + f * to.step()[1] + h * to.step()[2], adds);
                }
            }
        });
    }

    /// Adds the bias and applies the activation to rows that begin at `at` and lie `rowWidth` apart.
    static void finish(float[] row, int at, int rowWidth, int filters, int length, Vector1 bias, UnarySpec activation) {
        for (int f = 0; f < filters && bias != null; f++) {
            Loops.addScalar(bias.get(f), row, at + f * rowWidth, length);
        }
        if (!activation.isIdentity()) {
            Unary.apply(activation, row, at, row, at, filters * rowWidth);
        }
    }

    static void backwardFilter(Workers workers, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        NDArray w = dw.array();
        var image = new TurnedImage(x.dim(1), x.dim(2), x.dim(3), spec.pad().h(), spec.pad().w(), spec.pad().h(),
                spec.pad().w(), spec.stride().w());
        int filters = w.dim(0);
        int depth = w.dim(1) * w.dim(2) * w.dim(3);
        int kernel = w.dim(2) * w.dim(3);
        PairTile tile = PairTile.forShape(filters, depth);
        int channelsUp = Math.ceilDiv(filters, tile.channels) * tile.channels;
        int tapsUp = Math.ceilDiv(depth, tile.taps) * tile.taps;
        int[] shift = new int[tapsUp];
        for (int k = 0; k < depth; k++) {
            int tap = k % kernel;
            shift[k] = image.shift(k / kernel, tap / w.dim(3) * spec.dilation().h(),
                    tap % w.dim(3) * spec.dilation().w());
        }
        int blocks = Math.ceilDiv(x.dim(0), LANES);
        int parts = Math.min(blocks, PARTS);
        float[] partials = Scratch.ofThread().floats(Scratch.PARTIALS, parts * filters * depth);
        workers.run(parts, part -> {
            var scratch = Scratch.ofThread();
            float[] sums = scratch.aligned(Scratch.TILE, channelsUp * tapsUp * LANES);
            Arrays.fill(sums, Scratch.LEAD, Scratch.LEAD + channelsUp * tapsUp * LANES, 0);
            for (int block = part * blocks / parts; block < (part + 1) * blocks / parts; block++) {
                pairs(image, shift, tile, spec.stride().h(), dz, x, block, channelsUp, tapsUp, sums);
            }
            for (int f = 0; f < filters; f++) {
                for (int k = 0; k < depth; k++) {
                    partials[(part * filters + f) * depth + k] = Turning.fold(sums,
                            Scratch.LEAD + (f * tapsUp + k) * LANES);
                }
            }
        });
        Partials.combine(workers, partials, parts, filters * depth, w, 0, dw.adds());
    }

    /// Adds the products of one block of images.
    private static void pairs(TurnedImage image, int[] shift, PairTile tile, int strideH, NDArray dz, NDArray x,
            int block, int channelsUp, int tapsUp, float[] sums) {
        var scratch = Scratch.ofThread();
        int n0 = block * LANES;
        int count = Math.min(LANES, x.dim(0) - n0);
        int p = dz.dim(2);
        int q = dz.dim(3);
        int lead = Scratch.LEAD;
        float[] turned = scratch.aligned(Scratch.WORK, image.size());
        image.turn(Strides.of(x), n0, count, turned, lead);
        int plane = p * q * LANES;
        var from = Strides.of(dz);
        float[] z = scratch.aligned(Scratch.WORK_2, channelsUp * plane);
        Arrays.fill(z, lead + dz.dim(1) * plane, lead + channelsUp * plane, 0);
        for (int f = 0; f < dz.dim(1); f++) {
            for (int h = 0; h < p; h++) {
                Turning.forth(from, from.base() + f * from.step()[1] + h * from.step()[2], n0, count, q, z,
                        lead + f * plane + h * q * LANES);
            }
        }
        int xRow = strideH * image.rowStride();
        int rows = p * q < LARGE_MAP ? p : Math.clamp(BAND / (channelsUp * q * LANES), 1, p);
        for (int h = 0; h < p; h += rows) {
            for (int f = 0; f < channelsUp; f += tile.channels) {
                for (int t = 0; t < tapsUp; t += tile.taps) {
                    tile.run(Math.min(rows, p - h), q, z, lead + f * plane + h * q * LANES, plane, turned,
                            lead + h * xRow,
                            xRow, shift, t, sums, lead + (f * tapsUp + t) * LANES, tapsUp * LANES);
                }
            }
        }
    }
}
