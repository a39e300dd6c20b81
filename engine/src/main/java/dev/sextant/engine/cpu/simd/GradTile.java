package dev.sextant.engine.cpu.simd;

/// The register block of filter gradients on blocked arrays: neighbouring source channels, one number of which is
/// broadcast, by blocks of result channels; the depth runs over pixels.
abstract class GradTile {
    /// Source channels; a divisor of the lanes.
    final int sources;
    /// Blocks of result channels.
    final int blocks;

    GradTile(int sources, int blocks) {
        this.sources = sources;
        this.blocks = blocks;
    }

    /// `c[i][j] += Σ_{p, q} x[p][q][i]·z[block j][p][q]`, in the order of the pixels, a chain of
    /// its own that is added at the end.
    ///
    /// @param x      pixels a vector apart, rows `xRow` apart
    /// @param z      dense rows of `columns` pixels, blocks `zBlock` apart
    /// @param c      rows `ldc` apart, blocks side by side
    abstract void run(int rows, int columns, float[] x, int xo, int xRow, float[] z, int zo, int zBlock, float[] c,
            int co, int ldc);

    private static final GradTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new GradTile[] {new Avx512GradTile8x32(), new Avx512GradTile16x16()};
        case 8 -> new GradTile[] {new Avx2GradTile4x16(), new Avx2GradTile8x8()};
        default -> new GradTile[0];
    };

    /// The widest tile that divides a number of result blocks.
    static GradTile forBlocks(int blocks) {
        for (GradTile t : ALL) {
            if (blocks % t.blocks == 0) {
                return t;
            }
        }
        throw new IllegalStateException("no tile without the Vector API");
    }
}
