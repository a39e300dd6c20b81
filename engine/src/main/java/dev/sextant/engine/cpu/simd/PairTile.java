package dev.sextant.engine.cpu.simd;

/// The innermost loop of a filter gradient whose vectors run over images: for every pair of a result channel and a
/// tap, the products of gradient and shifted input are summed over all pixels, separately for every image.
abstract class PairTile {
    final int channels;
    final int taps;

    PairTile(int channels, int taps) {
        this.channels = channels;
        this.taps = taps;
    }

    /// `c[i][j] += Σ_{p, q} z[i][p][q]·x[p, q shifted by tap t + j]`, elements being vectors over images,
    /// in chains of their own that are added at the end.
    ///
    /// @param z  planes `zPlane` apart, dense `rows × columns` vectors each
    /// @param xo where the input's first pixel is; rows `xRow` apart
    abstract void run(int rows, int columns, float[] z, int zo, int zPlane, float[] x, int xo, int xRow, int[] shift,
            int t, float[] c, int co, int ldc);

    private static final PairTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new PairTile[] {new Avx512PairTile6x3(), new Avx512PairTile4x4()};
        case 8 -> new PairTile[] {new Avx2PairTile3x3()};
        default -> new PairTile[0];
    };

    /// The block that wastes least.
    static PairTile forShape(int channels, int taps) {
        PairTile best = null;
        long least = Long.MAX_VALUE;
        for (PairTile t : ALL) {
            long cost = (long) Math.ceilDiv(channels, t.channels) * t.channels * Math.ceilDiv(taps, t.taps) * t.taps;
            if (cost < least) {
                least = cost;
                best = t;
            }
        }
        return best;
    }
}
