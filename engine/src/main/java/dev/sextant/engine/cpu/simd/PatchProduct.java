package dev.sextant.engine.cpu.simd;

import java.util.Arrays;

/// A convolution as a matrix product, without writing the patch matrix down (implicit im2col):
///
/// | operand | rows            | columns                             |
/// |---------|-----------------|-------------------------------------|
/// | `a`     | result channels | source channel and filter tap: the weights |
/// | `b`     | source channel and tap | result pixels `(image, p, q)`: gathered from the source image |
/// | `c`     | result channels | result pixels                       |
///
/// Result pixel `(p, q)` under tap `t` reads source pixel `(p·stepH + tapH[t], q·stepW + tapW[t])`, or zero outside.
/// The same form serves the forward pass and, phase by phase, the gradient of the data.
final class PatchProduct extends Product {
    /// The source image: array, place of element (0,0,0,0), strides of image, channel, row and column; extents.
    float[] x;
    int xBase;
    int xImage;
    int xChannel;
    int xRow;
    int xColumn;
    int height;
    int width;
    /// The result's grid and the strides between its pixels.
    int gridH;
    int gridW;
    int cImage;
    int cRow;
    int cColumn;
    /// Which source pixel belongs to a result pixel.
    int stepH;
    int stepW;
    int[] tapH;
    int[] tapW;
    /// The weights: place of element (0, 0), strides of result channel and source channel, offset of every tap.
    float[] w;
    int wBase;
    int wResult;
    int wSource;
    int[] wTap;

    PatchProduct(int resultChannels, int resultPixels, int sourceChannels, int taps) {
        super(resultChannels, resultPixels, sourceChannels * taps);
    }

    @Override
    void packA(int i0, int rows, int k0, int depth, float[] to, int at, int heightOfPanel) {
        int taps = wTap.length;
        int channel = k0 / taps;
        int tap = k0 % taps;
        for (int k = 0; k < depth; k++) {
            int from = wBase + i0 * wResult + channel * wSource + wTap[tap];
            for (int i = 0; i < rows; i++) {
                to[at + i] = w[from + i * wResult];
            }
            for (int i = rows; i < heightOfPanel; i++) {
                to[at + i] = 0;
            }
            at += heightOfPanel;
            if (++tap == taps) {
                tap = 0;
                channel++;
            }
        }
    }

    @Override
    void packB(int j0, int columns, int k0, int depth, float[] to, int at, int panel) {
        int j = j0;
        int end = j0 + columns;
        while (j < end) {
            int image = j / (gridH * gridW);
            int pixel = j % (gridH * gridW);
            int p = pixel / gridW;
            int q = pixel % gridW;
            int run = Math.min(gridW - q, end - j);
            packRun(image, p * stepH, q * stepW, run, k0, depth, to, at + j - j0, panel);
            j += run;
        }
        Packing.zero(columns, depth, to, at, panel);
    }

    /// The columns of `run` neighbouring result pixels, whose tap (0, 0) lies at source pixel `(h0, w0)`.
    private void packRun(int image, int h0, int w0, int run, int k0, int depth, float[] to, int at, int panel) {
        int taps = tapH.length;
        int plane = xBase + image * xImage + k0 / taps * xChannel;
        int tap = k0 % taps;
        for (int k = 0; k < depth; k++) {
            int h = h0 + tapH[tap];
            int v = w0 + tapW[tap];
            if (h < 0 || h >= height) {
                Arrays.fill(to, at, at + run, 0);
            } else {
                gather(plane + h * xRow, v, run, to, at);
            }
            at += panel;
            if (++tap == taps) {
                tap = 0;
                plane += xChannel;
            }
        }
    }

    private void gather(int row, int first, int run, float[] to, int at) {
        int from = first >= 0 ? 0 : Math.min(run, (-first + stepW - 1) / stepW);
        int end = Math.clamp((width - first + stepW - 1) / stepW, from, run);
        for (int i = 0; i < from; i++) {
            to[at + i] = 0;
        }
        int step = stepW * xColumn;
        int source = row + first * xColumn;
        if (step == 1 && end > from) {
            System.arraycopy(x, source + from, to, at + from, end - from);
        } else {
            for (int i = from; i < end; i++) {
                to[at + i] = x[source + i * step];
            }
        }
        for (int i = end; i < run; i++) {
            to[at + i] = 0;
        }
    }

    @Override
    int columnOffset(int j) {
        int image = j / (gridH * gridW);
        int pixel = j % (gridH * gridW);
        return image * cImage + pixel / gridW * cRow + pixel % gridW * cColumn;
    }

    @Override
    boolean sideBySide(int j0, int count) {
        int plane = gridH * gridW;
        boolean dense = cColumn == 1 && (cRow == gridW || j0 % gridW + count <= gridW);
        return dense && j0 / plane == (j0 + count - 1) / plane || cColumn == 1 && cRow == gridW && cImage == plane;
    }
}
