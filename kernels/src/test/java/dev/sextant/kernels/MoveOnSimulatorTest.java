package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Arrays on the simulated device are usable: created, filled, viewed, copied, read back.
@OnSimulator
class MoveOnSimulatorTest {
    private Device cuda;

    @BeforeEach
    void open() {
        cuda = SimulatedDevice.fresh();
    }

    @AfterEach
    void nothingWasFound() {
        assertEquals(0, SimulatedDevice.simulator().findings(), () -> SimulatedDevice.simulator().report().toString());
    }

    @Test
    void comesBackAsItWent() {
        float[] values = Compare.values(5, 3 * 1_100_000); // more than two staging buffers
        assertArrayEquals(values, NDArray.of(values, Shape.of(3, 1_100_000), cuda).toFloats());
        int[] labels = {3, -1, Integer.MAX_VALUE};
        assertArrayEquals(labels, NDArray.of(labels, Shape.of(3), cuda).toInts());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void viewsAreCopiedInLogicalOrder(boolean traced) {
        cuda = traced ? SimulatedDevice.traced() : cuda;
        float[] values = Compare.values(6, 2 * 3 * 5 * 7);
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray x = NDArray.of(values, Shape.of(2, 3, 5, 7), device);
            NDArray view = x.permute(3, 1, 0, 2).slice(0, 1, 7, 2).narrow(3, 1, 3);
            float[] expected = NDArray.of(values, Shape.of(2, 3, 5, 7), Device.ref()).permute(3, 1, 0, 2)
                    .slice(0, 1, 7, 2).narrow(3, 1, 3).toFloats();
            assertArrayEquals(expected, view.toFloats());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addsIntoAView(boolean traced) {
        cuda = traced ? SimulatedDevice.traced() : cuda;
        NDArray y = NDArray.full(Shape.of(4, 6), 1, DType.FLOAT32, cuda);
        NDArray x = NDArray.of(Compare.values(7, 3), Shape.of(3, 1), cuda).expand(Shape.of(3, 2));
        cuda.kernels().copy(x, y.narrow(0, 1, 3).narrow(1, 2, 2), Write.ADD);
        float[] out = y.toFloats();
        assertEquals(1 + Compare.values(7, 3)[2], out[3 * 6 + 3]);
        assertEquals(1, out[3 * 6 + 4]);
        NDArray counts = NDArray.full(Shape.of(5), 2, DType.INT32, cuda);
        cuda.kernels().copy(counts, counts, Write.ADD);
        assertArrayEquals(new int[] {4, 4, 4, 4, 4}, counts.toInts());
    }

    /// Six axes of which no two join are the most that the kernels walk, also where the grid has fewer threads than there
    /// are elements.
    @Test
    void sixAxesAreWalkedAndSevenRefused() {
        cuda = SimulatedDevice.traced();
        ((CudaBackend) cuda.backend()).limitGrid(1);
        NDArray[] results = new NDArray[2];
        for (int i = 0; i < 2; i++) {
            Device device = i == 0 ? Device.ref() : cuda;
            NDArray x = NDArray.of(Compare.values(8, 2 * 3 * 4 * 3 * 2 * 5), Shape.of(2, 3, 4, 3, 2, 5), device);
            NDArray y = x.permute(5, 4, 3, 2, 1, 0).copy();
            device.kernels().copy(x.permute(5, 4, 3, 2, 1, 0), y, Write.ADD);
            y.permute(5, 4, 3, 2, 1, 0).narrow(2, 1, 2).fill(3);
            results[i] = y;
        }
        assertArrayEquals(results[0].toFloats(), results[1].toFloats());
        NDArray seven = NDArray.zeros(Shape.of(2, 2, 2, 2, 2, 2, 2), DType.FLOAT32, cuda);
        var e = assertThrows(ShapeException.class, () -> seven.permute(6, 5, 4, 3, 2, 1, 0).copy());
        assertTrue(e.getMessage().contains("7 axes that do not merge"), e.getMessage());
    }

    @Test
    void aScopeGivesMemoryBackForTheNextStep() {
        var simulator = SimulatedDevice.simulator();
        long afterFirst = 0;
        for (int step = 0; step < 5; step++) {
            try (var scope = Scope.open("step")) {
                // More than any segment that another test may have left.
                NDArray x = NDArray.empty(Shape.of(1234, 4500), DType.FLOAT32, cuda);
                NDArray y = x.narrow(0, 1, 10).contiguous();
                assertEquals(45_000, y.size(), scope.name());
            }
            if (step == 0) {
                afterFirst = simulator.calls("cuMemAlloc");
            }
        }
        assertTrue(afterFirst > 0, "the first step takes memory");
        assertEquals(afterFirst, simulator.calls("cuMemAlloc"), "later steps take none");
    }

    @Test
    void runningOutSaysWhatWasAsked() {
        var simulator = SimulatedDevice.simulator();
        simulator.set("memory", String.valueOf(1L << 20));
        try {
            NDArray held = NDArray.zeros(Shape.of(100), DType.FLOAT32, cuda);
            var e = assertThrows(DeviceException.class,
                    () -> NDArray.empty(Shape.of(1 << 20, 3), DType.FLOAT32, cuda));
            assertTrue(e.getMessage().contains("out of memory: asked for 12582912 bytes"), e.getMessage());
            assertTrue(e.getMessage().contains("Held by no layer ("), e.getMessage());
            assertEquals(0, held.toFloats()[99]);
        } finally {
            simulator.set("memory", String.valueOf(4L << 30));
        }
    }

    @Test
    void refusesWhatItLacksByName() {
        assertThrows(DTypeException.class, () -> NDArray.zeros(Shape.of(2), DType.FLOAT64, cuda));
        NDArray x = NDArray.zeros(Shape.of(2, 2), DType.INT32, cuda);
        var e = assertThrows(DTypeException.class, () -> cuda.kernels().sumOfSquares(x));
        assertTrue(e.getMessage().contains("sum_of_squares: cuda computes with FLOAT32"), e.getMessage());
    }

    /// A thread that has made no array of its own, and so has had no other reason to ask for the context.
    @Test
    void aThreadMayComputeOnly() throws InterruptedException {
        NDArray x = NDArray.full(Shape.of(1, 1, 2, 2), 1, DType.FLOAT32, cuda);
        NDArray w = NDArray.full(Shape.of(1, 1, 1, 1), 2, DType.FLOAT32, cuda);
        NDArray y = NDArray.zeros(Shape.of(1, 1, 2, 2), DType.FLOAT32, cuda);
        NDArray square = NDArray.full(Shape.of(2, 2), 3, DType.FLOAT32, cuda);
        NDArray row = NDArray.zeros(Shape.of(1), DType.FLOAT32, cuda);
        Conv2dSpec conv = Conv2dSpec.of(1, 0);
        var kernels = cuda.kernels();
        Map<String, Runnable> calls = Map.of(
                "matmul", () -> kernels.matmul(MatmulSpec.PLAIN, square, square, y.reshape(2, 2), Write.SET),
                "linear", () -> kernels.linear(LinearSpec.PLAIN, square, square, null, y.reshape(2, 2)),
                "conv2d", () -> kernels.conv2d(conv, x, w, null, y),
                "conv2dBackwardData", () -> kernels.conv2dBackwardData(conv, y, w, Target.set(x)),
                "conv2dBackwardFilter", () -> kernels.conv2dBackwardFilter(conv, y, x, Target.set(w)),
                "conv2dBackwardBias", () -> kernels.conv2dBackwardBias(conv, y, Target.set(row)),
                "copy", () -> kernels.copy(x, y, Write.ADD),
                "fill", () -> y.fill(4),
                "download", y::toFloats,
                "synchronize", () -> cuda.backend().synchronize());
        for (var call : calls.entrySet()) {
            Throwable[] thrown = new Throwable[1];
            var thread = new Thread(call.getValue());
            thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
            thread.start();
            thread.join();
            assertNull(thrown[0], call.getKey());
        }
    }

    /// Every thread has the context, its own launch parameters, and its own turn at the staging buffers.
    @Test
    void manyThreadsShareTheDevice() throws InterruptedException {
        var wrong = new ConcurrentLinkedQueue<String>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20; i++) {
                    float[] values = Compare.values(seed * 100 + i, 12 * 9);
                    NDArray x = NDArray.of(values, Shape.of(12, 9), cuda);
                    if (!Arrays.equals(values, x.transpose(0, 1).copy().transpose(0, 1).toFloats())) {
                        wrong.add("thread " + seed + " round " + i);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(wrong.isEmpty(), wrong::toString);
    }
}
