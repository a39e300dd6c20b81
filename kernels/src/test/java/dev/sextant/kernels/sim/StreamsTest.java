package dev.sextant.kernels.sim;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.Compare;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.Modules;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Order and failure: queued work runs late and in any order that was not forbidden, and calls fail on demand.
@OnSimulator
class StreamsTest {
    private static final int SEEDS = 24;
    private static final int NON_BLOCKING = 1;

    private Device cuda;
    private Simulator simulator;

    @BeforeEach
    void open() {
        cuda = SimulatedDevice.fresh();
        simulator = SimulatedDevice.simulator();
    }

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
    }

    /// The backend's own ordering holds: results equal the oracle's under every order, with freed memory recycled at
    /// once.
    @Test
    void theBackendIsRightUnderEveryOrder() {
        simulator.set("order", "lazy");
        simulator.set("recycle", "1");
        for (int seed = 0; seed < SEEDS; seed++) {
            simulator.set("seed", String.valueOf(seed));
            NDArray expected = step(Device.ref(), seed);
            Compare.close(expected, step(cuda, seed), 20, "seed " + seed);
        }
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    /// Arrays of several staging buffers, there and back.
    @Test
    void largeArraysComeBackUnderEveryOrder() {
        simulator.set("order", "lazy");
        for (int seed = 0; seed < 4; seed++) {
            simulator.set("seed", String.valueOf(seed));
            float[] values = Compare.values(seed, (3 << 20) + 5);
            assertArrayEquals(values, NDArray.of(values, Shape.of(values.length), cuda).toFloats());
        }
    }

    private static NDArray step(Device device, int seed) {
        NDArray sum = NDArray.zeros(Shape.of(9, 7), DType.FLOAT32, device);
        for (int i = 0; i < 4; i++) {
            try (var scope = Scope.open("step " + i)) {
                NDArray a = NDArray.of(Compare.values(seed + i, 9 * 5), Shape.of(9, 5), device);
                NDArray b = NDArray.of(Compare.values(seed - i, 5 * 7), Shape.of(5, 7), device).copy();
                device.kernels().matmul(MatmulSpec.PLAIN, a, b, sum, Write.ADD);
                assertEquals("step " + i, scope.name());
            }
        }
        return sum;
    }

    private static float[] shared(Pointer pinned, int floats) {
        FloatBuffer buffer = pinned.getByteBuffer(0, 4L * floats).order(ByteOrder.nativeOrder()).asFloatBuffer();
        float[] values = new float[floats];
        buffer.get(values);
        return values;
    }

    private static void write(Pointer pinned, float value) {
        pinned.getByteBuffer(0, 4).order(ByteOrder.nativeOrder()).asFloatBuffer().put(0, value);
    }

    private static CUstream stream() {
        var stream = new CUstream();
        assertEquals(0, cuStreamCreate(stream, NON_BLOCKING));
        return stream;
    }

    private static Pointer pinned() {
        var pointer = new Pointer();
        assertEquals(0, cuMemHostAlloc(pointer, 4, 0));
        return pointer;
    }

    /// One stream writes, the other reads. With the event the reader always sees it; without, some order shows the bug.
    @Test
    void aMissingEventWaitShows() {
        assertEquals(SEEDS, timesRight(true));
        assertTrue(timesRight(false) < SEEDS, "the missing wait must show under some order");
    }

    private int timesRight(boolean wait) {
        new CudaContext(0);
        simulator.set("order", "lazy");
        CUstream writer = stream();
        CUstream reader = stream();
        Pointer source = pinned();
        Pointer target = pinned();
        var device = new CUdeviceptr();
        assertEquals(0, JCudaDriver.cuMemAlloc(device, 4));
        var written = new CUevent();
        cuEventCreate(written, 0);
        int right = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            simulator.set("seed", String.valueOf(seed));
            write(source, seed + 1);
            assertEquals(0, cuMemcpyHtoDAsync(device, source, 4, writer));
            assertEquals(0, cuEventRecord(written, writer));
            if (wait) {
                assertEquals(0, cuStreamWaitEvent(reader, written, 0));
            }
            assertEquals(0, cuMemcpyDtoHAsync(target, device, 4, reader));
            assertEquals(0, cuStreamSynchronize(reader));
            right += shared(target, 1)[0] == seed + 1 ? 1 : 0;
            cuStreamSynchronize(writer);
        }
        return right;
    }

    /// A pinned buffer that is filled again before its copy has run sends the new contents.
    @Test
    void aStagingBufferFilledTooEarlyShows() {
        assertArrayEquals(new float[] {1, 2}, sendTwice(true));
        assertArrayEquals(new float[] {2, 2}, sendTwice(false));
    }

    private float[] sendTwice(boolean wait) {
        new CudaContext(0);
        simulator.set("order", "lazy");
        CUstream stream = stream();
        Pointer slot = pinned();
        Pointer back = new Pointer();
        assertEquals(0, cuMemHostAlloc(back, 8, 0));
        var device = new CUdeviceptr();
        assertEquals(0, JCudaDriver.cuMemAlloc(device, 8));
        var read = new CUevent();
        cuEventCreate(read, 0);
        for (int i = 0; i < 2; i++) {
            write(slot, i + 1);
            assertEquals(0, cuMemcpyHtoDAsync(device.withByteOffset(4L * i), slot, 4, stream));
            cuEventRecord(read, stream);
            if (wait) {
                cuEventSynchronize(read);
            }
        }
        assertEquals(0, cuMemcpyDtoHAsync(back, device, 8, stream));
        assertEquals(0, cuStreamSynchronize(stream));
        return shared(back, 2);
    }

    @Test
    void anAsynchronousCopyOfPageableMemoryIsRefused() {
        new CudaContext(0);
        var device = new CUdeviceptr();
        assertEquals(0, JCudaDriver.cuMemAlloc(device, 4));
        assertEquals(1, cuMemcpyHtoDAsync(device, Pointer.to(new float[1]), 4, stream()));
        assertTrue(simulator.report().findings().containsKey("pageable"));
    }

    @Test
    void aFailedLaunchNamesTheKernelAndTheCode() {
        NDArray x = NDArray.zeros(Shape.of(4), DType.FLOAT32, cuda);
        simulator.reset();
        simulator.set("fault", "cuLaunchKernel:1:719");
        var e = assertThrows(DeviceException.class, () -> x.fill(1));
        assertTrue(e.getMessage().contains("launching fill_bits") && e.getMessage().contains("719"), e.getMessage());
    }

    /// An error of queued work comes back with a later call, which names what was queued last.
    @Test
    void aLateErrorNamesWhatWasQueued() {
        NDArray x = NDArray.zeros(Shape.of(4), DType.FLOAT32, cuda);
        simulator.reset();
        simulator.set("fault", "cuEventSynchronize:2:700");
        var e = assertThrows(DeviceException.class, x::toFloats);
        assertTrue(e.getMessage().contains("last queued: fill_bits") && e.getMessage().contains("Restart"),
                e.getMessage());
    }

    @Test
    void oneRefusalOfMemoryIsSurvived() {
        simulator.set("fault", "cuMemAlloc:1:2");
        // More than any segment that another test may have left.
        NDArray x = NDArray.empty(Shape.of(3331, 1777), DType.FLOAT32, cuda).narrow(0, 1, 1);
        x.fill(2);
        assertEquals(2, x.toFloats()[5]);
        assertTrue(simulator.calls("cuMemAlloc") >= 2);
    }

    @Test
    void anOldDriverIsToldToUpdate() {
        simulator.set("fault", "cuModuleLoadData:1:222");
        var modules = new Modules(new CudaContext(0));
        var e = assertThrows(DeviceException.class, () -> modules.function("move", "fill_bits"));
        assertTrue(e.getMessage().contains("update the NVIDIA driver"), e.getMessage());
    }

    /// What is garbage on the Java side comes back to the device and is handed out again: a thousand unscoped arrays
    /// take far fewer blocks. When the collector finds them is its own affair, so each round asks until it has.
    @Test
    void nothingLeaks() throws InterruptedException {
        long before = simulator.liveBlocks();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 50; i++) {
                NDArray.full(Shape.of(1000), i, DType.FLOAT32, cuda);
            }
            awaitReuse();
        }
        long after = simulator.liveBlocks();
        assertTrue(after < before + 400, "blocks in use: " + before + " before, " + after + " after");
    }

    private void awaitReuse() throws InterruptedException {
        for (int attempt = 0; attempt < 200; attempt++) {
            System.gc();
            Thread.sleep(10);
            long held = simulator.liveBlocks();
            NDArray.full(Shape.of(1000), 0, DType.FLOAT32, cuda);
            if (simulator.liveBlocks() == held) {
                return;
            }
        }
        fail("arrays that nobody holds never come back");
    }
}
