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
/// Every element is one chain of fused multiply-adds in the order (channel, row, column), as everywhere.
final class BatchConv {
    private static final int LANES = VectorSupport.LANES;
    /// Most channels on the side that vectors would otherwise run along.
    private static final int FEW = 16;
    /// Parts of a filter gradient that are summed separately, then in order.
    private static final int PARTS = 8;

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
        int taps = w.dim(2) * w.dim(3);
        int[] shift = new int[w.dim(1) * taps];
        for (int k = 0; k < shift.length; k++) {
            int tap = k % taps;
            shift[k] = image.shift(k / taps, tap / w.dim(3) * spec.dilation().h(),
                    tap % w.dim(3) * spec.dilation().w());
        }
        run(workers, image, shift, Weights.of(w), spec.stride().h(), x, bias == null ? null : Vector1.of(bias),
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
        int taps = w.dim(2) * w.dim(3);
        int[] shift = new int[w.dim(0) * taps];
        for (int k = 0; k < shift.length; k++) {
            int tap = k % taps;
            shift[k] = image.shift(k / taps, reachH - tap / w.dim(3) * spec.dilation().h(),
                    reachW - tap % w.dim(3) * spec.dilation().w());
        }
        var filter = Strides.of(w);
        var weights = new Weights(filter, w.dim(1), filter.step()[1], w.dim(0), filter.step()[0],
                Taps.offsets(filter, w), null);
        run(workers, image, shift, weights, 1, dz, null, UnarySpec.IDENTITY, result, dx.adds());
    }

    /// Whether [#backwardData] can do it.
    static boolean suitsBackward(Conv2dSpec spec, NDArray w) {
        return spec.stride().h() == 1 && spec.stride().w() == 1
                && spec.pad().h() <= (w.dim(2) - 1) * spec.dilation().h()
                && spec.pad().w() <= (w.dim(3) - 1) * spec.dilation().w();
    }

    /// Where the weights between result channel `i` and source channel `c` lie.
    ///
    /// @param owner keeps the packed form, or null
    record Weights(Strides w, int results, int resultStep, int sources, int sourceStep, int[] tap, Storage owner) {

        /// Those of a forward convolution.
        static Weights of(NDArray w) {
            var filter = Strides.of(w);
            return new Weights(filter, w.dim(0), filter.step()[0], w.dim(1), filter.step()[1],
                    Taps.offsets(filter, w), Panels.owner(w));
        }

        private record Form(int rows) {
        }

        /// Packs them for a tile: `[panel][c, tap][rows]`, rows beyond the last being zero.
        KeptFloats pack(int rows) {
            int size = Math.ceilDiv(results, rows) * rows * sources * tap.length;
            return owner == null ? pack(rows, new KeptFloats(Scratch.ofThread().floats(Scratch.PACKED_A, size), 0))
                    : owner.form(new Form(rows), () -> pack(rows, KeptFloats.of(size)));
        }

        private KeptFloats pack(int rows, KeptFloats packed) {
            int depth = sources * tap.length;
            int panels = Math.ceilDiv(results, rows);
            for (int panel = 0; panel < panels; panel++) {
                for (int k = 0; k < depth; k++) {
                    int from = w.base() + k / tap.length * sourceStep + tap[k % tap.length];
                    for (int i = 0; i < rows; i++) {
                        int result = panel * rows + i;
                        packed.data()[packed.base() + (panel * depth + k) * rows + i] = result < results
                                ? w.data()[from + result * resultStep]
                                : 0;
                    }
                }
            }
            return packed;
        }
    }

    private static void run(Workers workers, TurnedImage image, int[] shift, Weights weights, int strideH, NDArray x,
            Vector1 bias, UnarySpec activation, NDArray y, boolean adds) {
        int images = x.dim(0);
        int filters = y.dim(1);
        int p = y.dim(2);
        int q = y.dim(3);
        ShiftTile tile = ShiftTile.forShape(filters, q * LANES);
        KeptFloats packed = weights.pack(tile.rows);
        int panels = Math.ceilDiv(filters, tile.rows);
        int rowWidth = Math.ceilDiv(q * LANES, tile.columns) * tile.columns;
        var from = Strides.of(x);
        var to = Strides.into(y);
        int slack = rowWidth - q * LANES;
        workers.run(Math.ceilDiv(images, LANES), block -> {
            var scratch = Scratch.ofThread();
            int n0 = block * LANES;
            int count = Math.min(LANES, images - n0);
            float[] turned = scratch.floats(Scratch.WORK, image.size() + slack);
            image.turn(from, n0, count, turned);
            Arrays.fill(turned, image.size(), image.size() + slack, 0);
            float[] row = scratch.floats(Scratch.WORK_2, panels * tile.rows * rowWidth);
            for (int h = 0; h < p; h++) {
                for (int panel = 0; panel < panels; panel++) {
                    for (int j = 0; j < rowWidth; j += tile.columns) {
                        tile.run(shift.length, packed.data(), packed.base() + panel * tile.rows * shift.length, turned,
                                h * strideH * image.rowStride() + j, shift, row, panel * tile.rows * rowWidth + j,
                                rowWidth);
                    }
                }
                finish(row, rowWidth, filters, q * LANES, bias, activation);
                for (int f = 0; f < filters; f++) {
                    Turning.back(row, f * rowWidth, q, to, n0, count, to.base() + f * to.step()[1] + h * to.step()[2],
                            adds);
                }
            }
        });
    }

    /// Adds the bias and applies the activation to rows that lie `rowWidth` apart.
    static void finish(float[] row, int rowWidth, int filters, int length, Vector1 bias, UnarySpec activation) {
        for (int f = 0; f < filters && bias != null; f++) {
            Loops.addScalar(bias.get(f), row, f * rowWidth, length);
        }
        if (!activation.isIdentity()) {
            Unary.apply(activation, row, 0, row, 0, filters * rowWidth);
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
            float[] sums = scratch.floats(Scratch.TILE, channelsUp * tapsUp * LANES);
            Arrays.fill(sums, 0, channelsUp * tapsUp * LANES, 0);
            for (int block = part * blocks / parts; block < (part + 1) * blocks / parts; block++) {
                pairs(image, shift, tile, spec.stride().h(), dz, x, block, channelsUp, tapsUp, sums);
            }
            for (int f = 0; f < filters; f++) {
                for (int k = 0; k < depth; k++) {
                    partials[(part * filters + f) * depth + k] = Turning.fold(sums, (f * tapsUp + k) * LANES);
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
        float[] turned = scratch.floats(Scratch.WORK, image.size());
        image.turn(Strides.of(x), n0, count, turned);
        int plane = p * q * LANES;
        var from = Strides.of(dz);
        float[] z = scratch.floats(Scratch.WORK_2, channelsUp * plane);
        Arrays.fill(z, dz.dim(1) * plane, channelsUp * plane, 0);
        for (int f = 0; f < dz.dim(1); f++) {
            for (int h = 0; h < p; h++) {
                Turning.forth(from, from.base() + f * from.step()[1] + h * from.step()[2], n0, count, q, z,
                        f * plane + h * q * LANES, LANES);
            }
        }
        for (int f = 0; f < channelsUp; f += tile.channels) {
            for (int t = 0; t < tapsUp; t += tile.taps) {
                tile.run(p, q, z, f * plane, plane, turned, 0, strideH * image.rowStride(), shift, t, sums,
                        (f * tapsUp + t) * LANES, tapsUp * LANES);
            }
        }
    }
}
