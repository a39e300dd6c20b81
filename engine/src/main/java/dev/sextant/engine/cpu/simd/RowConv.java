package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;

/// Convolution of single row-major images with few channels (LeNet answering one request): the padded image is taken as
/// one long row, so that every tap is a shifted view of it ([ShiftTile]) and vectors run on from one row to the next. What
/// they compute across the border between two rows is dropped.
///
/// Every element is one chain of fused multiply-adds in [BatchConv]'s order, whose packed weights it shares.
final class RowConv {
    /// Fewer filters than this; more are [BlockedConv]'s.
    private static final int FEW = 32;
    /// Multiply-adds of an image that are not worth sharing out.
    private static final int WORK = 1 << 20;

    private RowConv() {
    }

    /// Whether the layer is of this kind.
    static boolean suits(Conv2dSpec spec, NDArray x, NDArray w, NDArray y) {
        return VectorSupport.ON && spec.groups() == 1 && spec.stride().equals(Pair.ONE) && w.dim(0) < FEW
                && w.size() * y.dim(2) * y.dim(3) < WORK && !x.isBlocked();
    }

    static void forward(Workers workers, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        int p = y.dim(2);
        int q = y.dim(3);
        int filters = y.dim(1);
        int[] tapH = Taps.rows(spec, w);
        var band = new Band(1, x.dim(1), x.dim(2), x.dim(3), q, 1, 1, tapH, Taps.columns(spec, w));
        int[] shift = new int[w.dim(1) * tapH.length];
        // In the order of the packed weights: row of the filter, channel, column.
        int columns = w.dim(3);
        int row = w.dim(1) * columns;
        for (int k = 0; k < shift.length; k++) {
            shift[k] = band.shift(k % row / columns, k / row * columns + k % columns, p);
        }
        int pixels = (p - 1) * band.rowStride() + q;
        ShiftTile tile = ShiftTile.forShape(filters, pixels);
        int width = Math.ceilDiv(pixels, tile.columns) * tile.columns;
        int panels = Math.ceilDiv(filters, tile.rows);
        var packed = BatchConv.Weights.of(w).pack(tile.rows);
        var from = Strides.of(x);
        var to = Strides.into(y);
        var biases = bias == null ? null : Vector1.of(bias);
        workers.run(x.dim(0), n -> {
            var scratch = Scratch.ofThread();
            float[] image = scratch.floats(Scratch.WORK, band.size(p) + tile.columns);
            band.fill(from.data(), from.base() + n * from.step()[0], from.step()[1], from.step()[2], from.step()[3], 0,
                    p, image);
            float[] sums = scratch.floats(Scratch.WORK_2, panels * tile.rows * width);
            for (int panel = 0; panel < panels; panel++) {
                for (int j = 0; j < width; j += tile.columns) {
                    tile.runOrPlain(shift.length, packed.data(), packed.base() + panel * tile.rows * shift.length,
                            image, j,
                            shift, sums, panel * tile.rows * width + j, width);
                }
            }
            BatchConv.finish(sums, 0, width, filters, pixels, biases, spec.activation());
            store(sums, width, band.rowStride(), to, to.base() + n * to.step()[0], filters, p, q);
        });
    }

    private static void store(float[] sums, int width, int row, Strides to, int at, int filters, int p, int q) {
        for (int f = 0; f < filters; f++) {
            for (int h = 0; h < p; h++) {
                int target = at + f * to.step()[1] + h * to.step()[2];
                int source = f * width + h * row;
                if (to.step()[3] == 1) {
                    System.arraycopy(sums, source, to.data(), target, q);
                } else {
                    for (int i = 0; i < q; i++) {
                        to.data()[target + i * to.step()[3]] = sums[source + i];
                    }
                }
            }
        }
    }
}
