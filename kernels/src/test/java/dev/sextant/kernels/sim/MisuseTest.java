package dev.sextant.kernels.sim;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.ptx.PtxText;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls of the driver that are not allowed are refused as the driver does, and found; the right ones beside them are
/// neither.
@OnSimulator
class MisuseTest {
    private static final int BYTES = 1000;

    private final CUdeviceptr memory = new CUdeviceptr();
    private final CUstream stream = new CUstream();

    @BeforeEach
    void open() {
        SimulatedDevice.fresh();
        new CudaContext(0);
        assertEquals(0, cuMemAlloc(memory, BYTES));
        assertEquals(0, cuStreamCreate(stream, 1));
    }

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
        cuMemFree(memory);
    }

    private static void found(String... kinds) {
        assertEquals(Set.of(kinds), SimulatedDevice.simulator().report().findings().keySet());
    }

    @Test
    void memoryIsFreedOnceAndAsAWhole() {
        var other = new CUdeviceptr();
        assertEquals(0, cuMemAlloc(other, BYTES));
        assertEquals(0, cuMemFree(other));
        found();
        assertEquals(1, cuMemFree(other));
        found("free");
        SimulatedDevice.simulator().reset();
        assertEquals(1, cuMemFree(memory.withByteOffset(256)));
        found("free");
    }

    @Test
    void copiesStayInsideTheirBlock() {
        var host = new Pointer();
        assertEquals(0, cuMemHostAlloc(host, BYTES + 1, 0));
        assertEquals(0, cuMemcpyHtoDAsync(memory, host, BYTES, stream));
        assertEquals(0, cuMemcpyDtoHAsync(host, memory.withByteOffset(BYTES - 4), 4, stream));
        assertEquals(0, cuStreamSynchronize(stream));
        found();
        assertEquals(1, cuMemcpyHtoDAsync(memory, host, BYTES + 1, stream));
        assertEquals(1, cuMemcpyDtoHAsync(host, memory.withByteOffset(BYTES - 3), 4, stream));
        found("copy");
    }

    @Test
    void everyThreadNeedsTheContext() throws InterruptedException {
        int[] results = new int[2];
        var context = new CudaContext(0);
        var thread = new Thread(() -> {
            results[0] = cuMemsetD32Async(memory, 0, 1, stream);
            context.attach();
            results[1] = cuMemsetD32Async(memory, 0, 1, stream);
        });
        thread.start();
        thread.join();
        assertEquals(201, results[0]);
        assertEquals(0, results[1]);
        found("context");
    }

    @Test
    void aDestroyedStreamTakesNoWork() {
        assertEquals(0, cuMemsetD32Async(memory, 0, 1, stream));
        assertEquals(0, cuStreamDestroy(stream));
        found();
        assertEquals(400, cuMemsetD32Async(memory, 0, 1, stream));
        found("stream");
    }

    @Test
    void ptxBelongsToTheSourceThatRuns() {
        PtxText ptx = PtxText.of("move");
        assertEquals(0, cuModuleLoadData(new CUmodule(), ptx.text()));
        found();
        assertEquals(218, cuModuleLoadData(new CUmodule(), ptx.text().replace(ptx.hash(), "0".repeat(64))));
        found("module");
        SimulatedDevice.simulator().reset();
        // One parameter more than the source has.
        var module = new CUmodule();
        assertEquals(0, cuModuleLoadData(module, ptx.text().replaceFirst("\\.param \\.u32 fill_bits_param_2",
                ".param .u64 fill_bits_param_2")));
        assertEquals(218, cuModuleGetFunction(new CUfunction(), module, "fill_bits"));
        found("module");
    }

    @Test
    void launchesStayInsideTheLimits() {
        var module = new CUmodule();
        assertEquals(0, cuModuleLoadData(module, PtxText.of("sgemm_k0").text()));
        var function = new CUfunction();
        assertEquals(0, cuModuleGetFunction(function, module, "sgemm_k0"));
        int[][] wrong = {{0, 1, 1, 32, 0}, {1, 65_536, 1, 32, 0}, {1, 1, 65_536, 32, 0}, {1, 1, 1, 1025, 0},
            {1, 1, 1, 32, 48 * 1024 + 1}};
        for (int[] w : wrong) {
            SimulatedDevice.simulator().reset();
            assertEquals(1, cuLaunchKernel(function, w[0], w[1], w[2], w[3], 1, 1, w[4], stream, null, null));
            found("launch");
        }
    }
}
