package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every rung of the SGEMM ladder: equal to the oracle, clean under the tracer, and with the memory behaviour that its
/// header promises.
@OnSimulator
class SgemmLadderTest {
    private Device cuda;

    @BeforeEach
    void open() {
        cuda = SimulatedDevice.fresh();
    }

    @AfterEach
    void bestAgain() {
        ((CudaBackend) cuda.backend()).useSgemm(null);
    }

    // Odd extents, full tiles, extents that are multiples of four (vector accesses), of two, and neither.
    private static final int[][] SHAPES = {{1, 1, 1}, {5, 3, 2}, {33, 31, 9}, {64, 64, 16}, {65, 130, 17},
        {128, 128, 8}, {132, 140, 20}, {1, 129, 40}, {129, 1, 40}, {66, 34, 14}, {127, 129, 33}, {2, 7, 129}};

    @ParameterizedTest
    @EnumSource
    void equalsTheOracle(SgemmRung rung) {
        for (int[] s : SHAPES) {
            for (int transposes = 0; transposes < 4; transposes++) {
                check(rung, s[0], s[1], s[2], new MatmulSpec((transposes & 1) != 0, (transposes & 2) != 0));
            }
        }
    }

    /// Reads and writes of a traced run are in bounds, initialised and ordered.
    @ParameterizedTest
    @EnumSource
    void isCleanUnderTheTracer(SgemmRung rung) {
        cuda = SimulatedDevice.traced();
        for (int[] s : new int[][] {{5, 3, 2}, {33, 31, 9}, {65, 130, 17}, {132, 140, 20}, {66, 34, 14}}) {
            check(rung, s[0], s[1], s[2], MatmulSpec.PLAIN);
            check(rung, s[0], s[1], s[2], new MatmulSpec(true, true));
        }
    }

    /// Operands that begin where no vector access may, and results whose neighbours are apart.
    @ParameterizedTest
    @EnumSource
    void readsAndWritesViewsInPlace(SgemmRung rung) {
        cuda = SimulatedDevice.traced();
        for (int shift = 1; shift <= 2; shift++) {
            int from = shift;
            UnaryOperator<NDArray> operand = x -> x.narrow(1, from, x.dim(1) - 4);
            Shape a = Shape.of(66, 24);
            Shape b = Shape.of(20, 74);
            compare(rung, a, b, operand, Shape.of(66, 74), y -> y.narrow(1, from, 70));
            compare(rung, a, b, operand, Shape.of(74, 66), y -> y.transpose(0, 1).narrow(1, from, 70));
            compare(rung, a, b, operand, Shape.of(66, 144), y -> y.slice(1, from, from + 140, 2));
        }
    }

    /// Fewer blocks than products, as for more than 65 535 of them: each block does several, one after the other.
    @ParameterizedTest
    @EnumSource
    void walksTheBatchesInStridesOfTheGrid(SgemmRung rung) {
        cuda = SimulatedDevice.traced();
        ((CudaBackend) cuda.backend()).limitGrid(2);
        for (int k : new int[] {8, 20, 37}) {
            compare(rung, Shape.of(5, 9, k), Shape.of(5, k, 10), UnaryOperator.identity(), Shape.of(5, 9, 10),
                    UnaryOperator.identity());
        }
    }

    private void compare(SgemmRung rung, Shape a, Shape b, UnaryOperator<NDArray> operand, Shape y,
            UnaryOperator<NDArray> result) {
        for (Write write : Write.values()) {
            compare(rung, MatmulSpec.PLAIN, a, b, operand, y, result, write);
        }
    }

    private void check(SgemmRung rung, int m, int n, int k, MatmulSpec spec) {
        Shape a = spec.transposeA() ? Shape.of(2, k, m) : Shape.of(2, m, k);
        Shape b = spec.transposeB() ? Shape.of(n, k) : Shape.of(k, n);
        for (Write write : Write.values()) {
            compare(rung, spec, a, b, UnaryOperator.identity(), spec.outputShape(a, b), UnaryOperator.identity(),
                    write);
        }
    }

    /// Multiplies views of operands of shapes `a` and `b` into a view of an array of shape `y`, on both devices, and
    /// compares the whole array.
    private void compare(SgemmRung rung, MatmulSpec spec, Shape a, Shape b, UnaryOperator<NDArray> operand, Shape y,
            UnaryOperator<NDArray> result, Write write) {
        ((CudaBackend) cuda.backend()).useSgemm(rung);
        NDArray expected = NDArray.of(Compare.values(3, y.size()), y, Device.ref());
        NDArray actual = NDArray.of(Compare.values(3, y.size()), y, cuda);
        for (NDArray out : List.of(expected, actual)) {
            out.device().kernels().matmul(spec,
                    operand.apply(NDArray.of(Compare.values(1, a.size()), a, out.device())),
                    operand.apply(NDArray.of(Compare.values(2, b.size()), b, out.device())), result.apply(out), write);
        }
        String what = rung + " " + a + "·" + b + " into " + y + " " + spec + " " + write;
        if (rung.isFloat32()) {
            Compare.close(expected, actual, a.dim(spec.transposeA() ? -2 : -1) + 1, what);
        } else {
            NDArray magnitude = NDArray.zeros(y, DType.FLOAT32, Device.ref());
            Device.ref().kernels().matmul(spec,
                    operand.apply(NDArray.of(Compare.magnitudes(1, a.size()), a, Device.ref())),
                    operand.apply(NDArray.of(Compare.magnitudes(2, b.size()), b, Device.ref())),
                    result.apply(magnitude), Write.SET);
            Compare.closeInTf32(expected, magnitude, actual, what);
        }
        var simulator = SimulatedDevice.simulator();
        assertEquals(0, simulator.findings(), () -> rung + ": " + simulator.report().texts());
    }

    /// TF32 keeps 10 bits of fraction: what the tensor cores multiply is rounded to the nearest such number, halves
    /// away from zero, and nothing else is.
    @Test
    void tensorCoresRoundTheirOperands() {
        ((CudaBackend) cuda.backend()).useSgemm(SgemmRung.K8_TF32);
        float[][] cases = {{1 + 0x1p-12f, 1}, {1 + 0x1p-11f, 1 + 0x1p-10f}, {-1 - 0x1p-11f, -1 - 0x1p-10f},
            {3 - 0x1p-12f, 3}, {1 + 0x1p-10f, 1 + 0x1p-10f}};
        for (float[] c : cases) {
            NDArray y = NDArray.empty(Shape.of(1, 1), DType.FLOAT32, cuda);
            cuda.kernels().matmul(MatmulSpec.PLAIN, NDArray.of(new float[] {c[0]}, Shape.of(1, 1), cuda),
                    NDArray.of(new float[] {1}, Shape.of(1, 1), cuda), y, Write.SET);
            assertEquals(c[1], y.toFloats()[0]);
        }
    }

    /// What a device before Ampere is told.
    @Test
    void tensorCoresNeedCapability80() {
        var simulator = SimulatedDevice.simulator();
        simulator.set("capability", "75");
        var modules = new Modules(new CudaContext(0));
        var e = assertThrows(DeviceException.class, () -> modules.function("sgemm_k8", "sgemm_k8_tf32"));
        assertEquals("cuda: the kernels of sgemm_k8.cu need compute capability 8.0, this device has 7.5. Choose "
                + "another algorithm", e.getMessage());
        modules.function("sgemm_k7", "sgemm_k7");
    }

    /// What the tracer counts for 128×128×64. A warp that reads 32 neighbours of 4 bytes touches 4 sectors of 32
    /// bytes, of 16 bytes 16 sectors; k0 reads 32 rows of A at a time.
    @ParameterizedTest
    @EnumSource
    void movesMemoryAsItsHeaderSays(SgemmRung rung) {
        var simulator = SimulatedDevice.simulator();
        simulator.set("trace", "1");
        ((CudaBackend) cuda.backend()).useSgemm(rung);
        NDArray a = NDArray.of(Compare.values(1, 128 * 64), Shape.of(128, 64), cuda);
        NDArray b = NDArray.of(Compare.values(2, 64 * 128), Shape.of(64, 128), cuda);
        NDArray y = NDArray.empty(Shape.of(128, 128), DType.FLOAT32, cuda);
        cuda.kernels().matmul(MatmulSpec.PLAIN, a, b, y, Write.SET);
        cuda.backend().synchronize();
        var report = simulator.report();
        String kernel = rung.kernel();
        assertEquals(128L * 128 * 64, report.fmas().get(kernel));
        assertEquals(loads(rung), report.sectorsPerRequest(kernel, false), 0.01);
        assertEquals(switch (rung) {
            case K0 -> 32.0;
            case K1, K2, K3, K4 -> 4.0;
            case K5, K6_32X32, K6_64X64, K6_128X32, K6_32X128, K7 -> 16.0;
            case K8_TF32 -> 8.0;
        }, report.sectorsPerRequest(kernel, true), 0.01);
        assertEquals(0, report.bankConflicts(kernel), () -> "bank conflicts in " + report.sites());
        // Global traffic: each value is fetched once per tile that needs it, K0 and K1 once per use and warp.
        long sectors = report.sites().stream().filter(s -> !s.shared() && !s.store()).mapToLong(s -> s.sectors()).sum();
        if (rung.ordinal() >= SgemmRung.K2.ordinal()) {
            long panels = 128L * 64 * (128 / rung.tileM() + 128 / rung.tileN());
            assertEquals(panels * Float.BYTES / 32, sectors);
        }
    }

    private static double loads(SgemmRung rung) {
        return switch (rung) {
            case K0 -> (32 + 1) / 2.0; // 32 rows of A, one word of B
            case K1 -> (1 + 4) / 2.0; // one word of A, 32 neighbours of B
            case K2, K3, K4 -> 4;
            case K5, K6_32X32, K6_64X64, K6_128X32, K6_32X128, K7, K8_TF32 -> 16;
        };
    }
}
