package dev.sextant.engine.cpu.simd;

/// The register block of convolutions on blocked arrays: some neighbouring pixels of a row by some blocks of result
/// channels. The weights are packed, one vector holding as many result channels as there are lanes; the pixels are read
/// one number at a time through a table of offsets, one entry per source channel and tap, so that nothing like a
/// patch matrix exists.
abstract class PixelTile {
    /// Pixels.
    final int pixels;
    /// Blocks of result channels.
    final int blocks;
    /// Distance between neighbouring pixels of the source.
    final int pixelStride;

    PixelTile(int pixels, int blocks, int pixelStride) {
        this.pixels = pixels;
        this.blocks = blocks;
        this.pixelStride = pixelStride;
    }

    /// `y[pixel i][block j] (+)= Σ_k x[xo + shift[k] + i·pixelStride]·w[k][j]`, `k` from `from` to `to − 1`: a chain of
    /// fused multiply-adds of its own, which is added to `y` at the end.
    ///
    /// @param w      packed `[depth][blocks][lanes]`
    /// @param yPixel distance between result pixels
    /// @param yBlock distance between result blocks
    abstract void run(int from, int to, float[] x, int xo, int[] shift, float[] w, int wo, float[] y, int yo,
            int yPixel,
            int yBlock, boolean add);

    private static final PixelTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new PixelTile[] {
            new Avx512PixelTile12x32(), new Avx512PixelTile13x32(), new Avx512PixelTile7x32(),
            new Avx512PixelTile6x64(), new Avx512PixelTile5x64(), new Avx512PixelTile4x64(),
            new Avx512PixelTile3x64(), new Avx512PixelTile2x64(), new Avx512PixelTile1x64(),
            new Avx512PixelTile4x32(), new Avx512PixelTile2x32(), new Avx512PixelTile1x32(),
            new Avx512PixelTile24x16(), new Avx512PixelTile12x16(), new Avx512PixelTile6x16(),
            new Avx512PixelTile3x16(), new Avx512PixelTile1x16(), new Avx512PlanarTile12x32(),
            new Avx512PlanarTile6x64(), new Avx512PlanarTile2x64(), new Avx512PlanarTile1x64(),
            new Avx512PlanarTile1x32(),
            new Avx512PlanarTile12x16(), new Avx512PlanarTile1x16()};
        case 8 -> new PixelTile[] {
            new Avx2PixelTile4x16(), new Avx2PixelTile3x24(), new Avx2PixelTile2x16(), new Avx2PixelTile1x32(),
            new Avx2PixelTile1x16(), new Avx2PixelTile8x8(), new Avx2PixelTile1x8(), new Avx2PlanarTile4x16(),
            new Avx2PlanarTile1x16(), new Avx2PlanarTile8x8(), new Avx2PlanarTile1x8()};
        default -> new PixelTile[0];
    };

    /// The tile for rows of `width` pixels and `blocks` result blocks. Rows are covered by tiles side by side, the
    /// last one shifted back to end with the row, so a tile must not be wider than the row; and it must divide the
    /// blocks.
    static PixelTile forShape(int width, int blocks, int pixelStride) {
        PixelTile best = null;
        double least = Double.POSITIVE_INFINITY;
        for (PixelTile t : ALL) {
            if (t.pixelStride == pixelStride && t.pixels <= width && blocks % t.blocks == 0) {
                double cost = (double) Math.ceilDiv(width, t.pixels) * t.pixels * blocks
                        * Tiles.costPerElement(t.pixels, t.blocks * VectorSupport.LANES);
                if (cost < least) {
                    least = cost;
                    best = t;
                }
            }
        }
        return best;
    }
}
