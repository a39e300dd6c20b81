package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.UnarySpec;

/// A matrix product `c (+)= a·b` whose operands need not exist as matrices: the driver [PackedGemm] asks for packed
/// pieces of `a` and `b` and is told where the columns of `c` lie. A convolution is one of these, its `b` being
/// patches of the image that are gathered while packing (an im2col that is never written down).
abstract class Product {
    /// Rows and columns of the result, and the depth of the sum.
    final int m;
    final int n;
    final int k;
    /// Where the result goes: element (i, j) lies at `c[cBase + i·cRowStride + columnOffset(j)]`.
    float[] c;
    int cBase;
    int cRowStride;
    /// Whether the result is added to what is there.
    boolean add;
    /// Added to every row (or column) after the sum; null for none.
    float[] bias;
    int biasBase;
    int biasStride;
    boolean biasPerRow;
    UnarySpec activation = UnarySpec.IDENTITY;

    Product(int m, int n, int k) {
        this.m = m;
        this.n = n;
        this.k = k;
    }

    /// Takes `values[first …]` as the bias, one per row or per column; null for none.
    final void addBias(NDArray values, int first, boolean perRow) {
        if (values != null) {
            var b = Strides.of(values);
            bias = b.data();
            biasStride = b.step()[0];
            biasBase = b.base() + first * biasStride;
            biasPerRow = perRow;
        }
    }

    /// Writes rows `i0 … i0+rows−1` of `a`, depth `k0 … k0+depth−1`, as `[depth][height]`; rows beyond are zero.
    abstract void packA(int i0, int rows, int k0, int depth, float[] to, int at, int height);

    /// Writes columns `j0 … j0+columns−1` of `b` as `[depth][width]`; columns beyond are zero.
    abstract void packB(int j0, int columns, int k0, int depth, float[] to, int at, int width);

    /// The columns `j0 … j0+columns−1` as panels of `width`, one after another.
    void packPanels(int j0, int columns, int k0, int depth, float[] to, int at, int width) {
        for (int j = 0; j < columns; j += width) {
            packB(j0 + j, Math.min(width, columns - j), k0, depth, to, at + j * depth, width);
        }
    }

    /// Offset of column `j` of the result within a row.
    abstract int columnOffset(int j);

    /// Whether the columns `j0 … j0+count−1` of the result lie side by side.
    boolean sideBySide(int j0, int count) {
        return columnOffset(j0 + count - 1) - columnOffset(j0) == count - 1;
    }

    final boolean hasEpilogue() {
        return bias != null || !activation.isIdentity();
    }

    /// Adds the bias and applies the activation to a finished block.
    final void finish(float[] block, int at, int ld, int i0, int rows, int j0, int columns) {
        for (int i = 0; i < rows; i++) {
            int row = at + i * ld;
            if (bias != null && biasPerRow) {
                Loops.addScalar(bias[biasBase + (i0 + i) * biasStride], block, row, columns);
            } else if (bias != null) {
                for (int j = 0; j < columns; j++) {
                    block[row + j] += bias[biasBase + (j0 + j) * biasStride];
                }
            }
            if (!activation.isIdentity()) {
                Unary.apply(activation, block, row, block, row, columns);
            }
        }
    }
}
