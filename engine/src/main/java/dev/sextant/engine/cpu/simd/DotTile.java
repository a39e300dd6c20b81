package dev.sextant.engine.cpu.simd;

import java.util.Arrays;

/// The register block of products whose operands both lie along the depth, `x·wᵀ`: every accumulator is a vector of
/// partial sums over every so many-th depth, so that `w` is read as it lies, once, front to back.
abstract class DotTile {
    /// Rows of `x`.
    final int rows;
    /// Rows of `w`, which are columns of the result.
    final int columns;

    DotTile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /// `c[i][j][lane] += Σ_k x[i][k + lane]·w[j][k + lane]`, `k` in steps of the lanes: a chain for each lane, added to `c`
    /// at the end.
    ///
    /// @param length depths, a multiple of the lanes
    /// @param x      packed `[length / lanes][rows][lanes]`
    /// @param w      rows `wRow` apart
    /// @param c      `[rows][columns][lanes]`
    abstract void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co);

    /// As [#run], by plain loops at first ([Cold]).
    final void runOrPlain(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {
        if (!Cold.spend(rows * columns * length)) {
            run(length, x, xo, w, wo, wRow, c, co);
            return;
        }
        int lanes = VectorSupport.LANES;
        float[] sums = new float[lanes];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                Arrays.fill(sums, 0);
                for (int k = 0; k < length; k += lanes) {
                    for (int lane = 0; lane < lanes; lane++) {
                        sums[lane] = Math.fma(x[xo + k * rows + i * lanes + lane], w[wo + j * wRow + k + lane],
                                sums[lane]);
                    }
                }
                for (int lane = 0; lane < lanes; lane++) {
                    c[co + (i * columns + j) * lanes + lane] += sums[lane];
                }
            }
        }
    }

    private static final DotTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new DotTile[] {new Avx512DotTile4x6(), new Avx512DotTile4x1(), new Avx512DotTile1x6(),
            new Avx512DotTile1x1()};
        case 8 -> new DotTile[] {new Avx2DotTile2x4(), new Avx2DotTile2x1(), new Avx2DotTile1x4(),
            new Avx2DotTile1x1()};
        default -> new DotTile[0];
    };

    /// The largest tile that is at most so large.
    static DotTile within(int rows, int columns) {
        for (DotTile t : ALL) {
            if (t.rows <= rows && t.columns <= columns) {
                return t;
            }
        }
        throw new IllegalStateException("no tile without the Vector API");
    }
}
