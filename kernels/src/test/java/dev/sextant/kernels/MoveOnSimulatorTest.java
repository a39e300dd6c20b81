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
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
