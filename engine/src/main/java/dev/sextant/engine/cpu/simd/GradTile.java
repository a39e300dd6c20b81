package dev.sextant.engine.cpu.simd;

/// The register block of filter gradients on blocked arrays: neighbouring source channels, one number of which is
/// broadcast, by blocks of result channels; the depth runs over pixels, which two tables name.
abstract class GradTile {
    /// Source channels; a divisor of the lanes.
    final int sources;
    /// Blocks of result channels.
    final int blocks;

    GradTile(int sources, int blocks) {
        this.sources = sources;
        this.blocks = blocks;
    }

    /// `c[i][j] += Σ_p x[xs[p] + i]·z[block j, zs[p]]`, `p` from `from` to `to − 1`, a chain of its own that is added
    /// at the end.
    ///
    /// @param xs offsets of pixels from `xo`
    /// @param zs offsets of pixels from `zo`; blocks lie `zBlock` apart
    /// @param c  rows `ldc` apart, blocks side by side
    abstract void run(int from, int to, float[] x, int xo, int[] xs, float[] z, int zo, int[] zs, int zBlock, float[] c,
            int co, int ldc);

    private static final GradTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new GradTile[] {new Avx512GradTile8x32(), new Avx512GradTile16x16()};
        case 8 -> new GradTile[] {new Avx2GradTile4x16(), new Avx2GradTile8x8()};
        default -> new GradTile[0];
    };

    /// The widest tile that is not wider than what remains of the result blocks.
    static GradTile within(int blocks) {
        return blocks >= ALL[0].blocks ? ALL[0] : ALL[1];
    }
}
