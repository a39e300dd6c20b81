package dev.sextant.kernels.gemm;

/// Into how many parts the sums of a product are cut, so that blocks of their own compute each part: a product with few
/// results and long sums (a filter's gradient, a linear layer on a small batch) has too few tiles to fill a device. A
/// function of the shape alone, so that the same problem always gives the same bits.
///
/// Measured on an H100: the filter's gradient of a 3×3 convolution of 64 channels at 56×56, batch 32, has 5 tiles and
/// sums 100 352 products.
///
/// @param parts number of parts, 1 if the sum is whole
/// @param depth steps of the sum in each part; the last may have fewer
public record SumParts(int parts, int depth) {
    /// A sum in one piece.
    public static final SumParts WHOLE = new SumParts(1, Integer.MAX_VALUE);

    // Three blocks for each multiprocessor of a large device.
    private static final int WANTED_BLOCKS = 400;
    // With fewer steps, writing a part and reading it again takes as long as computing it.
    private static final int LEAST_DEPTH = 256;
    private static final int MOST = 128;
    // Parts begin where a panel of every kernel would.
    private static final int MULTIPLE = 16;

    /// The parts of a product.
    ///
    /// @param blocks that compute it in one part
    /// @param depth  steps of its sums
    public static SumParts of(long blocks, long depth) {
        long parts = Math.clamp(Math.min(WANTED_BLOCKS / Math.max(1, blocks), depth / LEAST_DEPTH), 1, MOST);
        int each = Math.toIntExact(Math.ceilDiv(Math.ceilDiv(depth, parts), MULTIPLE) * MULTIPLE);
        return new SumParts(Math.max(1, Math.toIntExact(Math.ceilDiv(depth, each == 0 ? 1 : each))), each);
    }
}
