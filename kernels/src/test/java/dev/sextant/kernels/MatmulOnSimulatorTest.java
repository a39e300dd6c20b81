package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The spike: one `matmul` call, answered by the oracle and by a hand-written kernel that JCuda launches on the
/// simulated driver. Equal within the rounding of float32.
@OnSimulator
class MatmulOnSimulatorTest {
    private Device cuda;

    @BeforeEach
    void open() {
        cuda = SimulatedDevice.fresh();
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                Arguments.of(Shape.of(1, 1), Shape.of(1, 1)),
                Arguments.of(Shape.of(1, 7), Shape.of(7, 1)),
                Arguments.of(Shape.of(3, 5), Shape.of(5, 2)),
                Arguments.of(Shape.of(16, 16), Shape.of(16, 16)),
                Arguments.of(Shape.of(64, 16), Shape.of(16, 64)),
                Arguments.of(Shape.of(63, 17), Shape.of(17, 65)),
                Arguments.of(Shape.of(65, 33), Shape.of(33, 63)),
                Arguments.of(Shape.of(127, 61), Shape.of(61, 131)),
                Arguments.of(Shape.of(2, 300), Shape.of(300, 3)),
                Arguments.of(Shape.of(130, 1), Shape.of(1, 70)),
                Arguments.of(Shape.of(4, 9, 5), Shape.of(4, 5, 7)),
                Arguments.of(Shape.of(4, 9, 5), Shape.of(5, 7)),
                Arguments.of(Shape.of(9, 5), Shape.of(3, 5, 7)),
                Arguments.of(Shape.of(2, 1, 6, 5), Shape.of(3, 5, 4)),
                Arguments.of(Shape.of(2, 1, 3, 1, 2, 4, 3), Shape.of(2, 1, 2, 1, 3, 5)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void equalsTheOracle(Shape a, Shape b) {
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                for (Write write : Write.values()) {
                    compare(new MatmulSpec(ta, tb), ta ? swapped(a) : a, tb ? swapped(b) : b, write);
                }
            }
        }
    }

    private static Shape swapped(Shape s) {
        return s.with(-1, s.dim(-2)).with(-2, s.dim(-1));
    }

    private void compare(MatmulSpec spec, Shape a, Shape b, Write write) {
        Shape y = spec.outputShape(a, b);
        float[] av = Compare.values(1, a.size());
        float[] bv = Compare.values(2, b.size());
        float[] before = Compare.values(3, y.size());
        NDArray expected = product(Device.ref(), spec, NDArray.of(av, a, Device.ref()),
                NDArray.of(bv, b, Device.ref()), NDArray.of(before, y, Device.ref()), write);
        NDArray actual = product(cuda, spec, NDArray.of(av, a, cuda), NDArray.of(bv, b, cuda),
                NDArray.of(before, y, cuda), write);
        int k = a.dim(spec.transposeA() ? -2 : -1);
        Compare.close(expected, actual, k + 1, spec + " " + a + "·" + b + " " + write);
        assertEquals(0, SimulatedDevice.simulator().findings(), () -> SimulatedDevice.simulator().report().toString());
    }

    private static NDArray product(Device device, MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        device.kernels().matmul(spec, a, b, y, write);
        return y;
    }

    @Test
    void readsAndWritesViewsInPlace() {
        float[] values = Compare.values(4, 40 * 40);
        NDArray expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray whole = NDArray.of(values, Shape.of(40, 40), device);
            NDArray a = whole.slice(0, 1, 38, 2).narrow(1, 3, 11);
            NDArray b = whole.transpose(0, 1).narrow(0, 5, 11).slice(1, 2, 40, 3);
            NDArray y = NDArray.zeros(Shape.of(30, 30), DType.FLOAT32, device);
            NDArray target = y.narrow(0, 4, a.dim(0)).narrow(1, 2, b.dim(1));
            product(device, MatmulSpec.PLAIN, a, b, target, Write.ADD);
            if (expected == null) {
                expected = y;
            } else {
                Compare.close(expected, y, 11, "views");
            }
        }
    }

    /// The batch axes of the operands join into one, those of the result do not.
    @Test
    void writesABatchIntoAView() {
        NDArray expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray a = NDArray.of(Compare.values(1, 6 * 5 * 7), Shape.of(2, 3, 5, 7), device);
            NDArray b = NDArray.of(Compare.values(2, 6 * 7 * 4), Shape.of(2, 3, 7, 4), device);
            NDArray y = NDArray.zeros(Shape.of(2, 4, 5, 4), DType.FLOAT32, device);
            product(device, MatmulSpec.PLAIN, a, b, y.narrow(1, 1, 3), Write.ADD);
            if (expected == null) {
                expected = y;
            } else {
                Compare.close(expected, y, 7, "batch into a view");
            }
        }
    }

    @Test
    void anEmptyInnerAxisGivesZeros() {
        NDArray y = NDArray.full(Shape.of(3, 2), 5, DType.FLOAT32, cuda);
        product(cuda, MatmulSpec.PLAIN, NDArray.empty(Shape.of(3, 0), DType.FLOAT32, cuda),
                NDArray.empty(Shape.of(0, 2), DType.FLOAT32, cuda), y, Write.SET);
        assertEquals(0f, y.toFloats()[5]);
    }

    @Test
    void moreBatchesThanBlocksAlongZ() {
        int batches = 65_536 + 3;
        NDArray a = NDArray.of(Compare.values(1, batches), Shape.of(batches, 1, 1), cuda);
        NDArray b = NDArray.of(new float[] {2}, Shape.of(1, 1), cuda);
        NDArray y = NDArray.zeros(Shape.of(batches, 1, 1), DType.FLOAT32, cuda);
        product(cuda, MatmulSpec.PLAIN, a, b, y, Write.SET);
        assertEquals(2 * a.toFloats()[batches - 1], y.toFloats()[batches - 1]);
    }

    @Test
    void saysThatItIsSimulated() {
        assertTrue(cuda.backend().describe().contains("simulated"), cuda.backend().describe());
    }
}
