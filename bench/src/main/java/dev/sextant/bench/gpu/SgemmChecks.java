package dev.sextant.bench.gpu;

import dev.sextant.bench.Formula;
import dev.sextant.bench.gpu.Check.Failure;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.gemm.SgemmRung;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The SGEMM ladder: every rung, and cuBLAS beside it, first compared with the oracle and then timed by the device's
/// own clock.
final class SgemmChecks {
    static final String SECTION = "SGEMM ladder";
    /// What the rungs are compared with, by precision.
    static final String CUBLAS = "cuBLAS";
    static final String CUBLAS_TF32 = "cuBLAS TF32";

    private static final int[][] ODD_SHAPES = {{129, 67, 35}, {33, 200, 64}, {1, 1, 1}};

    private final Gpu gpu;
    private final int[] sizes;

    /// @param sizes of the square products that are timed; none on the simulator
    SgemmChecks(Gpu gpu, int... sizes) {
        this.gpu = gpu;
        this.sizes = sizes;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(SECTION, Gpu.CUDNN, CUBLAS, () -> run(Gpu.CUDNN, null, CUBLAS)));
        checks.add(new Check(SECTION, Gpu.CUDNN_TF32, CUBLAS_TF32, () -> run(Gpu.CUDNN_TF32, null, CUBLAS_TF32)));
        for (SgemmRung rung : SgemmRung.values()) {
            checks.add(new Check(SECTION, Gpu.OWN, rung.kernel(), () -> run(Gpu.OWN, rung, rung.kernel())));
        }
        return checks;
    }

    private Measured run(String settings, SgemmRung rung, String name) {
        Device device = gpu.device(settings);
        boolean rounded = settings.equals(Gpu.CUDNN_TF32) || rung != null && !rung.isFloat32();
        gpu.backend(settings).useSgemm(rung);
        try {
            var measured = Measured.of(0, 0, "");
            Difference worst = Difference.NONE;
            double allowed = 0;
            for (int[] s : ODD_SHAPES) {
                var product = new Product(device, s[0], s[1], s[2]);
                product.compute();
                Difference d = product.difference(0, s[0]);
                worst = worst.and(d);
                allowed = Math.max(allowed, verify(name, s, d, rounded));
            }
            for (int size : sizes) {
                var product = new Product(device, size, size, size);
                product.compute();
                for (int row : new int[] {0, size / 2, size - 1}) {
                    Difference d = product.difference(row, 1);
                    worst = worst.and(d);
                    allowed = Math.max(allowed, verify(name, new int[] {size, size, size}, d, rounded));
                }
                double ms = Timing.milliseconds(gpu.backend(settings), product::compute);
                measured.numbers().put(GpuReport.SPEED + " at " + size, 2.0 * size * size * size / ms / 1e6);
                measured.numbers().put("ms at " + size, ms);
            }
            return new Measured(worst.relative(), allowed, (rounded ? "operands rounded to TF32; " : "")
                    + "difference as a share of the largest result", measured.numbers(), measured.series());
        } finally {
            gpu.backend(settings).useSgemm(null);
        }
    }

    /// What is allowed, as a share of the largest result. Sums of `k` products of float32 drift like `√k`; operands
    /// rounded to TF32 are off by 2⁻¹¹ each, so that each product is by 2⁻¹⁰ at most. With operands of either sign the
    /// largest sum is some `√k` products high, and the errors add up like the products themselves or slower.
    private static double verify(String name, int[] s, Difference d, boolean rounded) {
        double allowed = rounded ? 0x1p-9 : 1e-6 * Math.sqrt(s[2]);
        if (!(d.relative() <= allowed)) {
            throw new Failure(Measured.of(d.relative(), allowed, ""), String.format(Locale.ROOT,
                    "%s of [%d, %d]·[%d, %d] is off by %.3g where the largest result is %.3g: %.2g of it, allowed is "
                            + "%.2g; not timed",
                    name, s[0], s[2], s[2], s[1], d.worst(), d.largest(), d.relative(),
                    allowed));
        }
        return allowed;
    }

    /// `[m, k]·[k, n]` on a device.
    private record Product(NDArray a, NDArray b, NDArray y) {
        Product(Device device, int m, int n, int k) {
            this(values("a", m, k, device), values("b", k, n, device),
                    NDArray.empty(Shape.of(m, n), DType.FLOAT32, device));
        }

        private static NDArray values(String name, int rows, int columns, Device device) {
            return NDArray.of(Formula.uniform(name, rows * columns, 1), Shape.of(rows, columns), device);
        }

        void compute() {
            y.device().kernels().matmul(MatmulSpec.PLAIN, a, b, y, Write.SET);
        }

        /// Of some rows, from the oracle's.
        Difference difference(int row, int rows) {
            NDArray want = NDArray.empty(Shape.of(rows, y.dim(1)), DType.FLOAT32, Device.ref());
            want.device().kernels().matmul(MatmulSpec.PLAIN, a.narrow(0, row, rows).to(Device.ref()),
                    b.to(Device.ref()), want, Write.SET);
            return Difference.of(want, y.narrow(0, row, rows));
        }
    }
}
