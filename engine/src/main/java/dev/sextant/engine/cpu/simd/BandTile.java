package dev.sextant.engine.cpu.simd;

/// The register block of filter gradients, as [GradTile], where the pixels of a row lie side by side in both arrays. With
/// no tables to read and fewer bounds to check it is an eighth faster (bench/LOG.md).
abstract class BandTile {
    /// Source channels; a divisor of the lanes.
    final int sources;
    /// Blocks of result channels.
    final int blocks;

    BandTile(int sources, int blocks) {
        this.sources = sources;
        this.blocks = blocks;
    }

    /// `c[i][j] += Σ_row Σ_p x[row·xRow + p·lanes + i]·z[block j, row·zRow + p·lanes]`, one chain that is added at the
    /// end.
    ///
    /// @param zBlock from one block of result channels to the next
    /// @param c      rows `ldc` apart, blocks side by side
    abstract void run(int rows, int width, float[] x, int xo, int xRow, float[] z, int zo, int zRow, int zBlock,
            float[] c, int co, int ldc);

    private static final BandTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new BandTile[] {new Avx512BandTile16x16(), new Avx512BandTile8x32(), new Avx512BandTile8x48()};
        case 8 -> new BandTile[] {new Avx2BandTile8x8(), new Avx2BandTile4x16()};
        default -> new BandTile[0];
    };

    /// Result blocks of the widest tile.
    static final int WIDEST = ALL.length;

    /// The tile for the first of so many result blocks: the widest that does not leave one block alone.
    static BandTile of(int blocks) {
        int width = Math.min(blocks == 4 ? 2 : blocks, WIDEST);
        return ALL[width - 1];
    }
}
