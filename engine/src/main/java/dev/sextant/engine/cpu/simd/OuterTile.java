package dev.sextant.engine.cpu.simd;

/// The register block of products `x·w` with few rows of `x`: a vector's columns of as many rows of `w` stay in
/// registers while all rows of `x` pass, so that `w` is read once, as it lies.
abstract class OuterTile {
    /// The one that this machine runs; null without the Vector API.
    static final OuterTile WIDEST = switch (VectorSupport.LANES) {
        case 16 -> new Avx512OuterTile16x16();
        case 8 -> new Avx2OuterTile8x8();
        default -> null;
    };

    /// `c[i][lane] += Σ_k x[i][k]·w[k][lane]`, `k` below the lanes: four chains, each of every fourth `k`.
    ///
    /// @param x `[rows][lanes]`
    /// @param w rows `wRow` apart
    /// @param c `[rows][lanes]`
    abstract void run(int rows, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co);
}
