package dev.sextant.engine.cpu.simd;

/// The gradient of a convolution's filters as a matrix product: rows are result channels, columns are source channel
/// and tap, and the depth runs over the result pixels of a range of images.
///
/// | operand | rows            | columns                 |
/// |---------|-----------------|-------------------------|
/// | `a`     | result channels | pixels `(image, p, q)`: `dz` |
/// | `b`     | pixels          | source channel and tap: gathered from `x` |
final class FilterProduct extends Product {
    /// The gradient of the result: array, place of the first image's element (0,0,0), strides.
    float[] dz;
    int dzBase;
    int dzImage;
    int dzChannel;
    int dzRow;
    int dzColumn;
    int gridH;
    int gridW;
    /// The input.
    float[] x;
    int xBase;
    int xImage;
    int xChannel;
    int xRow;
    int xColumn;
    int height;
    int width;
    int stepH;
    int stepW;
    int[] tapH;
    int[] tapW;

    FilterProduct(int resultChannels, int sourceChannels, int taps, int pixels) {
        super(resultChannels, sourceChannels * taps, pixels);
    }

    @Override
    void packA(int i0, int rows, int k0, int depth, float[] to, int at, int heightOfPanel) {
        boolean densePlanes = dzColumn == 1 && dzRow == gridW;
        int k = k0;
        int end = k0 + depth;
        int plane = gridH * gridW;
        while (k < end) {
            int pixel = k % plane;
            int run = Math.min((densePlanes ? plane - pixel : gridW - pixel % gridW), end - k);
            int from = dzBase + k / plane * dzImage + i0 * dzChannel + pixel / gridW * dzRow + pixel % gridW * dzColumn;
            Packing.pack(dz, from, dzChannel, dzColumn, rows, run, to, at + (k - k0) * heightOfPanel, heightOfPanel);
            k += run;
        }
    }

    @Override
    void packB(int j0, int columns, int k0, int depth, float[] to, int at, int panel) {
        int plane = gridH * gridW;
        int k = k0;
        int end = k0 + depth;
        while (k < end) {
            int image = k / plane;
            int pixel = k % plane;
            int q = pixel % gridW;
            int run = Math.min(gridW - q, end - k);
            packRow(image, pixel / gridW * stepH, q * stepW, run, j0, columns, to, at + (k - k0) * panel, panel);
            k += run;
        }
        Packing.zero(columns, depth, to, at, panel);
    }

    /// One row of result pixels under the taps of columns `j0 …`.
    private void packRow(int image, int h0, int w0, int run, int j0, int columns, float[] to, int at, int panel) {
        int taps = tapH.length;
        for (int j = 0; j < columns; j++) {
            int tap = (j0 + j) % taps;
            int h = h0 + tapH[tap];
            int first = w0 + tapW[tap];
            int from = run;
            int end = run;
            if (h >= 0 && h < height) {
                from = first >= 0 ? 0 : Math.min(run, (-first + stepW - 1) / stepW);
                end = Math.clamp((width - first + stepW - 1) / stepW, from, run);
            }
            int t = at + j;
            for (int i = 0; i < from; i++, t += panel) {
                to[t] = 0;
            }
            int step = stepW * xColumn;
            int source = xBase + image * xImage + (j0 + j) / taps * xChannel + h * xRow + first * xColumn + from * step;
            for (int i = from; i < end; i++, t += panel, source += step) {
                to[t] = x[source];
            }
            for (int i = end; i < run; i++, t += panel) {
                to[t] = 0;
            }
        }
    }

    @Override
    int columnOffset(int j) {
        return j;
    }
}
