package dev.sextant.engine.cpu.simd;

import java.util.Arrays;

/// A block of images turned so that one vector holds the same pixel of all of them, with padding written out:
/// `[channel][row][phase][column][image]`. The columns are sorted by their phase (column modulo stride), so that the
/// pixels which one tap visits lie side by side for any stride. A negative padding crops.
final class TurnedImage {
    private static final int LANES = VectorSupport.LANES;

    private final int channels;
    private final int height;
    private final int width;
    private final int top;
    private final int left;
    private final int rows;
    private final int stride;
    private final int phaseWidth;

    TurnedImage(int channels, int height, int width, int top, int left, int bottom, int right, int stride) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.top = top;
        this.left = left;
        this.stride = stride;
        rows = height + top + bottom;
        phaseWidth = Math.ceilDiv(width + left + right, stride);
    }

    int rowStride() {
        return stride * phaseWidth * LANES;
    }

    int size() {
        return channels * rows * rowStride();
    }

    /// Whether a row of the turned block is padding.
    boolean isPadding(int row) {
        return row < top || row >= top + height;
    }

    /// What to add to the place of output pixel `(p, q)` to come to tap `(r, s)` of a channel.
    int shift(int channel, int r, int s) {
        return (channel * rows + r) * rowStride() + (s % stride * phaseWidth + s / stride) * LANES;
    }

    /// Turns images `n0 … n0+count−1`, to `at`; missing images and the padding become zero.
    void turn(Strides x, int n0, int count, float[] to, int at) {
        Arrays.fill(to, at, at + size(), 0);
        for (int c = 0; c < channels; c++) {
            for (int h = Math.max(0, -top); h < Math.min(height, rows - top); h++) {
                int row = at + (c * rows + h + top) * rowStride();
                int from = x.base() + c * x.step()[1] + h * x.step()[2];
                if (stride == 1) {
                    int first = Math.max(0, -left);
                    int last = Math.min(width, phaseWidth - left);
                    Turning.forth(x, from + first * x.step()[3], n0, count, last - first, to,
                            row + (first + left) * LANES);
                } else {
                    for (int w = 0; w < width; w++) {
                        int u = w + left;
                        Turning.forth(x, from + w * x.step()[3], n0, count, 1, to,
                                row + (u % stride * phaseWidth + u / stride) * LANES);
                    }
                }
            }
        }
    }
}
