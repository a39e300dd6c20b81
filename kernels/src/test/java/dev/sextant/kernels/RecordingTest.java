package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Steps that are recorded as a graph: replayed, they are what they were, in one call.
@OnSimulator
class RecordingTest {
    private static final Shape X = Shape.of(2, 3, 8, 8);
    private static final Shape W = Shape.of(4, 3, 3, 3);
    private static final Conv2dSpec CONV = Conv2dSpec.of(1, 1);

    private Device cuda;
    private CudaBackend backend;

    @BeforeEach
    void open() {
        cuda = SimulatedDevice.fresh();
        backend = (CudaBackend) cuda.backend();
    }

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
    }

    /// Forward, gradient and an update of `w`: each run depends on the one before.
    private static void step(NDArray x, NDArray w) {
        try (var _ = Scope.open("step")) {
            var kernels = x.device().kernels();
            NDArray y = NDArray.empty(CONV.outputShape(X, W), DType.FLOAT32, x.device());
            kernels.conv2d(CONV, x, w, null, y);
            NDArray dw = NDArray.empty(W, DType.FLOAT32, x.device());
            kernels.conv2dBackwardFilter(CONV, y, x, Target.set(dw));
            NDArray scaled = NDArray.full(Shape.of(1, 1), -1e-4, DType.FLOAT32, x.device());
            kernels.matmul(MatmulSpec.PLAIN, dw.reshape(108, 1), scaled, w.reshape(108, 1), Write.ADD);
        }
    }

    private NDArray array(Shape shape, int seed) {
        return NDArray.of(Compare.values(seed, shape.size()), shape, cuda);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eager", "lazy"})
    void replayEqualsRunning(String order) {
        var simulator = SimulatedDevice.simulator();
        NDArray x = array(X, 1);
        NDArray eager = array(W, 2);
        for (int i = 0; i < 4; i++) {
            step(x, eager);
        }
        simulator.set("order", order);
        simulator.set("recycle", "1");
        NDArray w = array(W, 2);
        try (var recording = backend.record(() -> step(x, w))) {
            backend.synchronize();
            simulator.reset();
            for (int i = 0; i < 3; i++) {
                recording.replay();
                // Others come and go meanwhile; the recording's memory is not theirs.
                NDArray.full(Shape.of(500), i, DType.FLOAT32, cuda);
            }
            assertEquals(3, simulator.calls("cuGraphLaunch"));
            assertEquals(3, simulator.calls("cuLaunchKernel"), "those of the three arrays that were filled");
            assertArrayEquals(eager.toFloats(), w.toFloats());
        }
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    /// A replay reads what lies in its inputs now.
    @Test
    void replayTakesNewInputs() {
        NDArray x = array(X, 1);
        NDArray w = array(W, 2);
        try (var recording = backend.record(() -> step(x, w))) {
            NDArray other = array(X, 9);
            cuda.kernels().copy(other, x, Write.SET);
            NDArray expected = w.copy();
            step(other, expected);
            recording.replay();
            assertArrayEquals(expected.toFloats(), w.toFloats());
        }
    }

    @Test
    void whatWaitsForTheDeviceIsRefused() {
        NDArray x = array(X, 1);
        NDArray w = array(W, 2);
        int[] runs = {0};
        var read = assertThrows(DeviceException.class, () -> backend.record(() -> {
            step(x, w);
            if (runs[0]++ > 0) {
                w.toFloats();
            }
        }));
        assertTrue(read.getMessage().contains("may not copy to or from the host"), read.getMessage());
        var waits = assertThrows(DeviceException.class, () -> backend.record(backend::synchronize));
        assertTrue(waits.getMessage().contains("900") && waits.getMessage().contains("being recorded"),
                waits.getMessage());
        // The device is as good as before.
        step(x, w);
        assertEquals(W.size(), w.toFloats().length);
    }

    /// JCuda calls a function for it that drivers before CUDA 11.4 lack, which would end the JVM.
    @Test
    void anOldDriverIsRefused() {
        NDArray x = array(X, 1);
        NDArray w = array(W, 2);
        SimulatedDevice.simulator().set("driver", "11030");
        var e = assertThrows(DeviceException.class, () -> backend.record(() -> step(x, w)));
        assertTrue(e.getMessage().contains("needs a driver for CUDA 11.4 or newer, this one supports 11.3"),
                e.getMessage());
    }

    @Test
    void aStepWithoutAScopeIsToldToOpenOne() {
        var e = assertThrows(DeviceException.class,
                () -> backend.record(() -> NDArray.full(Shape.of(3 << 20), 1, DType.FLOAT32, cuda)));
        assertTrue(e.getMessage().contains("open a Scope"), e.getMessage());
    }

    /// The memory of a recording goes back to the driver with it.
    @Test
    void closingGivesTheMemoryBack() {
        NDArray x = array(X, 1);
        NDArray w = array(W, 2);
        long before = SimulatedDevice.simulator().liveBlocks();
        for (int i = 0; i < 5; i++) {
            try (var recording = backend.record(() -> step(x, w))) {
                recording.replay();
            }
        }
        assertEquals(before, SimulatedDevice.simulator().liveBlocks());
    }
}
