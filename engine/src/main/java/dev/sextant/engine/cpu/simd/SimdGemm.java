package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.GemmKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.Trace;

/// Matrix products: every one becomes a [MatrixProduct] with the right strides, and [PackedGemm] computes it.
interface SimdGemm extends GemmKernels, SimdFamily {

    @Override
    default void matmul(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        var left = Strides.of(a);
        var right = Strides.of(b);
        var to = Strides.into(y);
        int rank = y.rank();
        int m = y.dim(-2);
        int n = y.dim(-1);
        int k = a.dim(spec.transposeA() ? -2 : -1);
        int aRow = left.step()[a.rank() - (spec.transposeA() ? 1 : 2)];
        int aColumn = left.step()[a.rank() - (spec.transposeA() ? 2 : 1)];
        int bRow = right.step()[b.rank() - (spec.transposeB() ? 1 : 2)];
        int bColumn = right.step()[b.rank() - (spec.transposeB() ? 2 : 1)];
        int batches = 1;
        for (int axis = 0; axis < rank - 2; axis++) {
            batches *= y.dim(axis);
        }
        int count = batches;
        // Many small products share the threads as wholes; a few large ones are each cut up.
        boolean whole = (long) m * n * k < 1 << 20;
        boolean turned = turned(to.step()[rank - 2], to.step()[rank - 1]);
        Trace.chose(() -> Tiles.named("gemm", turned ? n : m, turned ? m : n));
        workers().run(whole ? count : 1, chunk -> {
            for (int batch = whole ? chunk : 0; batch < (whole ? chunk + 1 : count); batch++) {
                PackedGemm.run(workers(), oriented(m, n, k,
                        left.data(), left.base() + batchOffset(a, left, y, batch), aRow, aColumn,
                        right.data(), right.base() + batchOffset(b, right, y, batch), bRow, bColumn,
                        to.data(), to.base() + batchOffset(y, to, y, batch), to.step()[rank - 2], to.step()[rank - 1],
                        write == Write.ADD));
            }
        });
    }

    /// The product, turned round (`cᵀ = bᵀ·aᵀ`) if the result's columns rather than its rows are contiguous.
    private static MatrixProduct oriented(int m, int n, int k, float[] a, int aBase, int aRow, int aColumn, float[] b,
            int bBase, int bRow, int bColumn, float[] c, int cBase, int cRow, int cColumn, boolean add) {
        if (turned(cRow, cColumn)) {
            return new MatrixProduct(n, m, k, b, bBase, bColumn, bRow, a, aBase, aColumn, aRow).into(c, cBase, cColumn,
                    cRow, add);
        }
        return new MatrixProduct(m, n, k, a, aBase, aRow, aColumn, b, bBase, bRow, bColumn).into(c, cBase, cRow,
                cColumn, add);
    }

    private static boolean turned(int cRow, int cColumn) {
        return cRow == 1 && cColumn != 1;
    }

    /// Runs a product, which traces name by its tile.
    private void run(MatrixProduct p) {
        if (DotProduct.suits(p)) {
            Trace.chose(() -> "rows in place");
            DotProduct.run(workers(), p);
            return;
        }
        if (OuterProduct.suits(p)) {
            Trace.chose(() -> "columns in place");
            OuterProduct.run(workers(), p);
            return;
        }
        Trace.chose(() -> Tiles.named("gemm", p.m, p.n));
        PackedGemm.run(workers(), p);
    }

    private static int batchOffset(NDArray x, Strides s, NDArray y, int batch) {
        int offset = 0;
        int rest = batch;
        for (int axis = y.rank() - 3; axis >= 0; axis--) {
            int i = rest % y.dim(axis);
            rest /= y.dim(axis);
            int mine = axis - (y.rank() - x.rank());
            if (mine >= 0 && x.dim(mine) != 1) {
                offset += i * s.step()[mine];
            }
        }
        return offset;
    }

    @Override
    default void linear(LinearSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        var from = Strides.of(x);
        var weights = Strides.of(w);
        var to = Strides.into(y);
        var p = new MatrixProduct(x.dim(0), w.dim(0), w.dim(1), from.data(), from.base(), from.step()[0],
                from.step()[1], weights.data(), weights.base(), weights.step()[1], weights.step()[0])
                .into(to.data(), to.base(), to.step()[0], to.step()[1], false);
        p.addBias(bias, 0, false);
        p.activation = spec.activation();
        run(p);
    }

    @Override
    default void linearBackwardData(LinearSpec spec, NDArray dz, NDArray w, Target dx) {
        var z = Strides.of(dz);
        var weights = Strides.of(w);
        var to = Strides.into(dx.array());
        run(oriented(dz.dim(0), w.dim(1), w.dim(0), z.data(), z.base(), z.step()[0], z.step()[1],
                weights.data(), weights.base(), weights.step()[0], weights.step()[1], to.data(), to.base(),
                to.step()[0], to.step()[1], dx.adds()));
    }

    @Override
    default void linearBackwardWeight(LinearSpec spec, NDArray dz, NDArray x, Target dw) {
        var z = Strides.of(dz);
        var from = Strides.of(x);
        var to = Strides.into(dw.array());
        run(oriented(dz.dim(1), x.dim(1), x.dim(0), z.data(), z.base(), z.step()[1], z.step()[0],
                from.data(), from.base(), from.step()[0], from.step()[1], to.data(), to.base(), to.step()[0],
                to.step()[1], dw.adds()));
    }

    @Override
    default void linearBackwardBias(LinearSpec spec, NDArray dz, Target dbias) {
        ChannelSums.sumChannels(workers(), dz, dbias);
    }
}
