package dev.sextant.engine.cpu.simd;

/// The register block of filter gradients over a row-major source: taps, each of which sees the source shifted, by
/// blocks of result channels; the depth runs over pixels, which two tables name.
abstract class TapTile {
    /// Taps (of any source channel).
    final int taps;
    /// Blocks of result channels.
    final int blocks;

    TapTile(int taps, int blocks) {
        this.taps = taps;
        this.blocks = blocks;
    }

    /// `c[i][j] += Σ_p x[xs[p] + shift[first + i]]·z[block j, zs[p]]`, else as [GradTile#run].
    abstract void run(int from, int to, float[] x, int xo, int[] xs, int[] shift, int first, float[] z, int zo,
            int[] zs, int zBlock, float[] c, int co, int ldc);

    private static final TapTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new TapTile[] {new Avx512TapTile6x64(), new Avx512TapTile8x32(), new Avx512TapTile8x16()};
        case 8 -> new TapTile[] {new Avx2TapTile4x16(), new Avx2TapTile4x8()};
        default -> new TapTile[0];
    };

    /// The widest tile that is not wider than what remains of the result blocks.
    static TapTile within(int blocks) {
        for (TapTile t : ALL) {
            if (t.blocks <= blocks) {
                return t;
            }
        }
        throw new IllegalStateException("no tile without the Vector API");
    }
}
