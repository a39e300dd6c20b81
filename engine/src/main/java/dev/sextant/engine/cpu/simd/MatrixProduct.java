package dev.sextant.engine.cpu.simd;

/// The product of two matrices in memory, with any strides.
final class MatrixProduct extends Product {
    private static final int STREAMS = 8;

    final float[] a;
    final int aBase;
    final int aRow;
    final int aColumn;
    final float[] b;
    final int bBase;
    final int bRow;
    final int bColumn;
    private int cColumn = 1;

    /// `a` is `m × k`, `b` is `k × n`; each is given by the place of its first element and two strides.
    MatrixProduct(int m, int n, int k, float[] a, int aBase, int aRow, int aColumn, float[] b, int bBase, int bRow,
            int bColumn) {
        super(m, n, k);
        this.a = a;
        this.aBase = aBase;
        this.aRow = aRow;
        this.aColumn = aColumn;
        this.b = b;
        this.bBase = bBase;
        this.bRow = bRow;
        this.bColumn = bColumn;
    }

    /// Where the result goes.
    MatrixProduct into(float[] result, int base, int row, int column, boolean adds) {
        c = result;
        cBase = base;
        cRowStride = row;
        cColumn = column;
        add = adds;
        return this;
    }

    @Override
    void packA(int i0, int rows, int k0, int depth, float[] to, int at, int height) {
        Packing.pack(a, aBase + i0 * aRow + k0 * aColumn, aRow, aColumn, rows, depth, to, at, height);
    }

    @Override
    void packB(int j0, int columns, int k0, int depth, float[] to, int at, int width) {
        Packing.pack(b, bBase + k0 * bRow + j0 * bColumn, bColumn, bRow, columns, depth, to, at, width);
    }

    /// Rows of `b` that lie as they are wanted are read along, some at a time: as many streams as the prefetcher follows.
    @Override
    void packPanels(int j0, int columns, int k0, int depth, float[] to, int at, int width) {
        if (bColumn != 1) {
            super.packPanels(j0, columns, k0, depth, to, at, width);
            return;
        }
        for (int first = 0; first < depth; first += STREAMS) {
            for (int j = 0; j < columns; j += width) {
                for (int k = first; k < Math.min(depth, first + STREAMS); k++) {
                    System.arraycopy(b, bBase + (k0 + k) * bRow + j0 + j, to, at + j * depth + k * width,
                            Math.min(width, columns - j));
                }
            }
        }
        int last = columns / width * width;
        if (last < columns) {
            Packing.zero(columns - last, depth, to, at + last * depth, width);
        }
    }

    @Override
    int columnOffset(int j) {
        return j * cColumn;
    }
}
