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
    /// One input row, values 0..255.
    private final int[] row;
    /// Result of the horizontal pass `[inHeight, outWidth]`, values 0..255. The passes read and write different types
    /// (int here, float in the result), so that the compiler knows them to be different memory and makes vector code.
    private final int[] middle;
    private final int[] sums;
    private final float[] result;

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
        this.row = new int[inWidth];
        this.middle = new int[inHeight * outWidth];
        this.sums = new int[outWidth];
        this.result = new float[outWidth];
    }

    /// Resizes one channel: `[inHeight, inWidth]` at `source[sourceOffset…]` into `[outHeight, outWidth]` at
    /// `target[targetOffset…]`.
    public void resize(byte[] source, int sourceOffset, byte[] target, int targetOffset) {
        stretchRows(source, sourceOffset);
        for (int o = 0; o < outHeight; o++) {
            blendRows(o, result, 0);
            int to = targetOffset + o * outWidth;
            for (int x = 0; x < outWidth; x++) {
                target[to + x] = (byte) result[x];
            }
        }
    }

    /// The same with a result of floats, whole numbers 0..255.
    public void resize(byte[] source, int sourceOffset, float[] target, int targetOffset) {
        stretchRows(source, sourceOffset);
        for (int o = 0; o < outHeight; o++) {
            blendRows(o, target, targetOffset + o * outWidth);
        }
    }

    /// The horizontal pass.
    private void stretchRows(byte[] source, int offset) {
        for (int i = 0; i < inHeight; i++) {
            for (int x = 0; x < inWidth; x++) {
                row[x] = source[offset + i * inWidth + x] & 0xFF;
            }
            stretchRow(i * outWidth);
        }
    }

    private void stretchRow(int to) {
        int taps = horizontal.taps;
        int[] weights = horizontal.weights;
        for (int o = 0; o < outWidth; o++) {
            int first = horizontal.first[o];
            int sum = HALF;
            for (int t = 0; t < taps; t++) {
                sum += weights[o * taps + t] * row[first + t];
            }
            middle[to + o] = sum >> PRECISION;
        }
    }

    /// The vertical pass for one output row. The weights are not negative and add up to 1 within a few units of 2⁻²², so
    /// no sum leaves 0..255.
    private void blendRows(int o, float[] target, int to) {
        int taps = vertical.taps;
        int first = vertical.first[o] * outWidth;
        if (taps == 2) {
            blendTwoRows(vertical.weights[2 * o], vertical.weights[2 * o + 1], first, target, to);
            return;
        }
        Arrays.fill(sums, HALF);
        for (int t = 0; t < taps; t++) {
            int weight = vertical.weights[o * taps + t];
            int from = first + t * outWidth;
            for (int x = 0; x < outWidth; x++) {
                sums[x] += weight * middle[from + x];
            }
        }
        for (int x = 0; x < outWidth; x++) {
            target[to + x] = sums[x] >> PRECISION;
        }
    }

    /// Enlarging: every output row lies between two input rows.
    private void blendTwoRows(int upper, int lower, int from, float[] target, int to) {
        for (int x = 0; x < outWidth; x++) {
            int sum = HALF + upper * middle[from + x] + lower * middle[from + outWidth + x];
            target[to + x] = sum >> PRECISION;
        }
    }

    /// Which input pixels make each output pixel of one axis, and with what weights. Every output pixel has the same
    /// number of taps, all inside the input; weights may be 0.
    ///
    /// @param taps    input pixels per output pixel
    /// @param first   first input pixel of each output pixel
    /// @param weights fixed-point weights, `[out, taps]`
    private record Axis(int taps, int[] first, int[] weights) {

        static Axis of(int in, int out) {
            int[][] all = new int[out][];
            int[] first = new int[out];
            int taps = 1;
            for (int o = 0; o < out; o++) {
                first[o] = firstPixel(in, out, o);
                all[o] = fixedPoint(in, out, o, first[o]);
                taps = Math.max(taps, lastWeight(all[o]) + 1);
            }
            int[] weights = new int[out * taps];
            for (int o = 0; o < out; o++) {
                int shift = Math.max(0, first[o] + taps - in);
                first[o] -= shift;
                System.arraycopy(all[o], 0, weights, o * taps + shift, lastWeight(all[o]) + 1);
            }
            return new Axis(taps, first, weights);
        }

        private static int firstPixel(int in, int out, int o) {
            double scale = (double) in / out;
            return Math.max(0, (int) ((o + 0.5) * scale - Math.max(scale, 1) + 0.5));
        }

        /// The weights of output pixel `o`, for the input pixels from `first` on.
        private static int[] fixedPoint(int in, int out, int o, int first) {
            double scale = (double) in / out;
            double reach = Math.max(scale, 1);
            double centre = (o + 0.5) * scale;
            double[] exact = new double[Math.min(in, (int) (centre + reach + 0.5)) - first];
            double sum = 0;
            for (int t = 0; t < exact.length; t++) {
                double distance = Math.abs((first + t - centre + 0.5) * (1 / reach));
                exact[t] = Math.max(0, 1 - distance);
                sum += exact[t];
            }
            int[] fixed = new int[exact.length];
            for (int t = 0; t < exact.length; t++) {
                fixed[t] = (int) (0.5 + exact[t] / sum * (1 << PRECISION));
            }
            return fixed;
        }

        /// Index of the last weight that is not 0.
        private static int lastWeight(int[] weights) {
            int last = weights.length - 1;
            while (last > 0 && weights[last] == 0) {
                last--;
            }
            return last;
        }
    }
}
