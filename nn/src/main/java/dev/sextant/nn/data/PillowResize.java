package dev.sextant.nn.data;

import dev.sextant.engine.error.DataException;
import java.util.Arrays;

/// Bilinear resize of 8-bit images, bit for bit as the Python library Pillow does it (and so as the book's and
/// torchvision's `Resize` do on images), which differs from the resize of tensors in two ways:
///
/// - when shrinking, the triangle filter widens with the scale, so every input pixel counts (antialiasing);
/// - horizontal and vertical pass each round to 8 bits, with weights in fixed point of 22 bits.
///
/// For output pixel `o` of `out`, with `scale = in/out`, `reach = max(scale, 1)` and `centre = (o + ½)·scale`, input
/// pixel `i` has the weight `max(0, 1 − |i + ½ − centre|/reach)`, divided by the sum of the weights.
///
/// One instance serves one pair of sizes. It keeps scratch memory: one thread at a time.
public final class PillowResize {
    private static final int PRECISION = 22;
    private static final int HALF = 1 << PRECISION - 1;

    private final int inHeight;
    private final int inWidth;
    private final int outHeight;
    private final int outWidth;
    private final Axis horizontal;
    private final Axis vertical;
    /// Result of the horizontal pass `[inHeight, outWidth]`, values 0..255, as int so that the vertical pass becomes
    /// vector code.
    private final int[] middle;
    private final int[] sums;

    /// A resize from `inHeight × inWidth` to `outHeight × outWidth`.
    ///
    /// @throws DataException if a size is less than 1
    public PillowResize(int inHeight, int inWidth, int outHeight, int outWidth) {
        if (inHeight < 1 || inWidth < 1 || outHeight < 1 || outWidth < 1) {
            throw new DataException("resize: sizes must be >= 1, but got %dx%d to %dx%d", inHeight, inWidth, outHeight,
                    outWidth);
        }
        this.inHeight = inHeight;
        this.inWidth = inWidth;
        this.outHeight = outHeight;
        this.outWidth = outWidth;
        this.horizontal = Axis.of(inWidth, outWidth);
        this.vertical = Axis.of(inHeight, outHeight);
        this.middle = new int[inHeight * outWidth];
        this.sums = new int[outWidth];
    }

    /// Resizes one channel: `[inHeight, inWidth]` at `source[sourceOffset…]` into `[outHeight, outWidth]` at
    /// `target[targetOffset…]`.
    public void resize(byte[] source, int sourceOffset, byte[] target, int targetOffset) {
        for (int row = 0; row < inHeight; row++) {
            resizeRow(source, sourceOffset + row * inWidth, row * outWidth);
        }
        for (int row = 0; row < outHeight; row++) {
            blendRows(row, target, targetOffset + row * outWidth);
        }
    }

    private void resizeRow(byte[] source, int from, int to) {
        for (int o = 0; o < outWidth; o++) {
            int first = horizontal.first[o];
            int taps = horizontal.taps[o];
            int weight = o * horizontal.most;
            int sum = HALF;
            for (int t = 0; t < taps; t++) {
                sum += horizontal.weights[weight + t] * (source[from + first + t] & 0xFF);
            }
            middle[to + o] = sum >> PRECISION;
        }
    }

    private void blendRows(int row, byte[] target, int to) {
        int first = vertical.first[row];
        Arrays.fill(sums, HALF);
        for (int t = 0; t < vertical.taps[row]; t++) {
            int weight = vertical.weights[row * vertical.most + t];
            int from = (first + t) * outWidth;
            for (int x = 0; x < outWidth; x++) {
                sums[x] += weight * middle[from + x];
            }
        }
        // The weights are not negative and add up to 1 within a few units of 2⁻²²: no sum leaves 0..255.
        for (int x = 0; x < outWidth; x++) {
            target[to + x] = (byte) (sums[x] >> PRECISION);
        }
    }

    /// Which input pixels make each output pixel of one axis, and with what weights.
    ///
    /// @param most    the stride of `weights`: the most taps that an output pixel has
    /// @param first   first input pixel of each output pixel
    /// @param taps    number of input pixels of each output pixel
    /// @param weights fixed-point weights, `[out, most]`
    private record Axis(int most, int[] first, int[] taps, int[] weights) {

        static Axis of(int in, int out) {
            double scale = (double) in / out;
            double reach = Math.max(scale, 1);
            int most = 2 * (int) Math.ceil(reach) + 1;
            int[] first = new int[out];
            int[] taps = new int[out];
            int[] weights = new int[out * most];
            double[] exact = new double[most];
            for (int o = 0; o < out; o++) {
                double centre = (o + 0.5) * scale;
                first[o] = Math.max(0, (int) (centre - reach + 0.5));
                taps[o] = Math.min(in, (int) (centre + reach + 0.5)) - first[o];
                double sum = 0;
                for (int t = 0; t < taps[o]; t++) {
                    double distance = Math.abs((first[o] + t - centre + 0.5) * (1 / reach));
                    exact[t] = Math.max(0, 1 - distance);
                    sum += exact[t];
                }
                for (int t = 0; t < taps[o]; t++) {
                    weights[o * most + t] = (int) (0.5 + exact[t] / sum * (1 << PRECISION));
                }
            }
            return new Axis(most, first, taps, weights);
        }
    }
}
