package dev.sextant.kernels;

import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.gemm.SgemmRung;

/// Launches a rung of the SGEMM ladder.
final class Sgemm {
    private static final int MOST_BATCHES_PER_LAUNCH = 65_535;

    private final Modules modules;

    /// @param modules where the kernels are
    Sgemm(Modules modules) {
        this.modules = modules;
    }

    /// `C (+)= A·B`.
    ///
    /// @param a address of the first element of A; B and C alike
    void run(SgemmRung rung, GemmProblem problem, long a, long b, long c) {
        if (problem.isEmpty()) {
            return;
        }
        walk(rung, problem, 0, a, b, c);
    }

    private void walk(SgemmRung rung, GemmProblem p, int axis, long a, long b, long c) {
        if (axis < p.hostAxes()) {
            for (int i = 0; i < p.batch()[axis]; i++) {
                walk(rung, p, axis + 1, a + 4L * i * p.a()[2 + axis], b + 4L * i * p.b()[2 + axis],
                        c + 4L * i * p.c()[2 + axis]);
            }
            return;
        }
        int[] fields = p.fields();
        int batches = fields[10];
        modules.function(rung.source(), rung.kernel()).launch(
                new Dim(Math.ceilDiv(p.n(), rung.tileN()), Math.ceilDiv(p.m(), rung.tileM()),
                        modules.extent(batches, MOST_BATCHES_PER_LAUNCH)),
                Dim.of(rung.threads()),
                LaunchParameters.begin().struct(fields).pointer(a).pointer(b).pointer(c));
    }
}
