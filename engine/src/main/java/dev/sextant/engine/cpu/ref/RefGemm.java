package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.GemmKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// Matrix products, row by column.
interface RefGemm extends GemmKernels {

    @Override
    default void matmul(MatmulSpec spec, NDArray as, NDArray bs, NDArray ys, Write write) {
        NDArray left = spec.transposeA() ? as.transpose(-1, -2) : as;
        NDArray right = spec.transposeB() ? bs.transpose(-1, -2) : bs;
        int rows = left.dim(-2);
        int inner = left.dim(-1);
        int columns = right.dim(-1);
        Cells a = Cells.of(left, ys.shape().with(-1, inner));
        Cells b = Cells.of(right, ys.shape().with(-2, inner));
        Cells y = Cells.of(ys);
        int batches = rows * columns == 0 ? 0 : y.size() / (rows * columns);
        for (int batch = 0; batch < batches; batch++) {
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    int at = (batch * rows + i) * columns + j;
                    double sum = write == Write.ADD ? y.get(at) : 0;
                    for (int k = 0; k < inner; k++) {
                        sum += a.get((batch * rows + i) * inner + k) * b.get((batch * inner + k) * columns + j);
                    }
                    y.set(at, sum);
                }
            }
        }
    }

    @Override
    default void linear(LinearSpec spec, NDArray xs, NDArray ws, NDArray biases, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells w = Cells.of(ws);
        Cells bias = Cells.of(biases);
        Cells y = Cells.of(ys);
        for (int n = 0; n < y.dim(0); n++) {
            for (int out = 0; out < y.dim(1); out++) {
                double sum = bias == null ? 0 : bias.get(out);
                for (int in = 0; in < x.dim(1); in++) {
                    sum += x.get(n, in) * w.get(out, in);
                }
                y.set(n, out, Functions.value(spec.activation(), sum));
            }
        }
    }

    @Override
    default void linearBackwardData(LinearSpec spec, NDArray dz, NDArray w, Target dx) {
        matmul(MatmulSpec.PLAIN, dz, w, dx.array(), dx.write());
    }

    @Override
    default void linearBackwardWeight(LinearSpec spec, NDArray dz, NDArray x, Target dw) {
        matmul(new MatmulSpec(true, false), dz, x, dw.array(), dw.write());
    }

    @Override
    default void linearBackwardBias(LinearSpec spec, NDArray dzs, Target target) {
        Cells dz = Cells.of(dzs);
        Sums dbias = Sums.of(target);
        for (int n = 0; n < dz.dim(0); n++) {
            for (int out = 0; out < dz.dim(1); out++) {
                dbias.add(out, dz.get(n, out));
            }
        }
        dbias.store();
    }
}
