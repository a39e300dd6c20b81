package dev.sextant.kernels.gemm;

/// Into how many parts long sums are cut, so that blocks of their own compute each part: a product with few
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

    // Products: three blocks for each multiprocessor of a large device; with fewer steps, writing a part and reading it
    // again takes as long as computing it; parts begin where a panel of every kernel would.
    private static final Rule PRODUCTS = new Rule(400, 256, 128, 16);

    /// How sums of one kind are cut.
    ///
    /// @param blocks   that fill a device
    /// @param depth    the least steps of a part
    /// @param parts    the most parts
    /// @param multiple of which a part's steps are one
    public record Rule(int blocks, int depth, int parts, int multiple) {
        /// The parts of sums.
        ///
        /// @param whole blocks that compute them in one part
        /// @param steps of a sum
        public SumParts cut(long whole, long steps) {
            long wanted = Math.clamp(Math.min(blocks / Math.max(1, whole), steps / depth), 1, parts);
            long each = Math.max(1, Math.ceilDiv(Math.ceilDiv(steps, wanted), multiple)) * multiple;
            return new SumParts(Math.max(1, Math.toIntExact(Math.ceilDiv(steps, each))), Math.toIntExact(each));
        }
    }

    /// The parts of a product.
    ///
    /// @param blocks that compute it in one part
    /// @param depth  steps of its sums
    public static SumParts of(long blocks, long depth) {
        return PRODUCTS.cut(blocks, depth);
    }
}
