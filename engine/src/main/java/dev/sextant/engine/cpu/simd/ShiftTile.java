package dev.sextant.engine.cpu.simd;

import java.util.Arrays;

/// A register block like [Tile] whose second operand is not packed: line `k` of `b` starts at `bo + shift[k]`. With
/// the right table those lines are shifted images, and the product is a convolution without any copying.
abstract class ShiftTile {
    final int rows;
    final int columns;

    ShiftTile(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /// `c[i][j] = Σ_k a[k][i]·b[bo + shift[k] + j]`, in the order of `k`.
    ///
    /// @param a packed `[depth][rows]`
    abstract void run(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co, int ldc);

    /// As [#run], by plain loops at first ([Cold]).
    final void runOrPlain(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co, int ldc) {
        if (!Cold.spend(rows * columns * depth)) {
            run(depth, a, ao, b, bo, shift, c, co, ldc);
            return;
        }
        for (int i = 0; i < rows; i++) {
            int row = co + i * ldc;
            Arrays.fill(c, row, row + columns, 0);
            for (int k = 0; k < depth; k++) {
                plain(a[ao + k * rows + i], b, bo + shift[k], c, row, columns);
            }
        }
    }

    private static void plain(float a, float[] b, int from, float[] c, int to, int n) {
        for (int j = 0; j < n; j++) {
            c[to + j] = Math.fma(a, b[from + j], c[to + j]);
        }
    }

    private static final ShiftTile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new ShiftTile[] {new Avx512ShiftTile6x64(), new Avx512ShiftTile12x32(), new Avx512ShiftTile8x32(),
            new Avx512ShiftTile1x64()};
        case 8 -> new ShiftTile[] {new Avx2ShiftTile4x16(), new Avx2ShiftTile1x32()};
        default -> new ShiftTile[0];
    };

    /// The block that wastes least on `m` rows and `n` columns.
    static ShiftTile forShape(int m, int n) {
        ShiftTile best = null;
        double least = Double.POSITIVE_INFINITY;
        for (ShiftTile t : ALL) {
            double cost = (double) Math.ceilDiv(m, t.rows) * t.rows * Math.ceilDiv(n, t.columns) * t.columns
                    * Tiles.costPerElement(t.rows, t.columns);
            if (cost < least) {
                least = cost;
                best = t;
            }
        }
        return best;
    }
}
