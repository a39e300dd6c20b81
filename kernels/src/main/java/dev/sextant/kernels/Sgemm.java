package dev.sextant.kernels;

import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.gemm.SgemmChoice;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.gemm.SumParts;

/// Launches a rung of the SGEMM ladder.
final class Sgemm {
    private static final int MOST_BATCHES_PER_LAUNCH = 65_535;

    private final Modules modules;
    private final PartialSums parts;

    /// @param modules where the kernels are
    /// @param memory  where partial sums are kept meanwhile
    Sgemm(Modules modules, DeviceMemory memory) {
        this.modules = modules;
        this.parts = new PartialSums(modules, memory);
    }

    /// `C (+)= A·B`, by the rung and in the parts that suit the shape.
    ///
    /// @param a address of the first element of A; B and C alike
    void run(GemmProblem p, long a, long b, long c) {
        if (p.isEmpty()) {
            return;
        }
        SgemmRung rung = SgemmChoice.of(p);
        parts.run(SgemmChoice.parts(rung, p), c, p.results(), p.add(), (cut, to, add) -> {
            if (cut.parts() == 1) {
                run(rung, p, a, b, to);
                return;
            }
            int whole = p.k() / cut.depth();
            run(rung, p.inParts(cut.depth(), whole), a, b, to);
            int done = whole * cut.depth();
            if (done < p.k()) {
                run(rung, p.inParts(p.k() - done, 1), a + 4L * done * p.a()[1], b + 4L * done * p.b()[0],
                        to + 4L * whole * p.results());
            }
        });
    }

    /// `C (+)= A·B` by one rung.
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
