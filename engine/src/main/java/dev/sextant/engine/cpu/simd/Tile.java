package dev.sextant.engine.cpu.simd;

/// The innermost loop of every matrix product: a small block of the result, kept in registers while the whole depth
/// runs through it. Operands are packed, so that both are read front to back.
abstract class Tile {
    /// Rows of the block.
    final int rows;
    /// Columns of the block.
    final int columns;

    Tile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /// `c[i][j] (+)= Σ_k a[k][i]·b[k][j]`: one chain of fused multiply-adds per element, in the order of `k`.
    ///
    /// @param a   packed `[depth][rows]` from `ao` on
    /// @param b   packed `[depth][columns]` from `bo` on
    /// @param c   row-major, element (0, 0) at `co`, rows `ldc` apart
    /// @param add whether the chain goes on from what stands in `c`
    abstract void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add);
}
