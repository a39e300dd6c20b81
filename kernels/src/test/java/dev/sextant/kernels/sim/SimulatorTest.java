package dev.sextant.kernels.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Staging;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The simulator itself: what CUDA defines gives the defined result, and what it forbids is found.
@OnSimulator
class SimulatorTest {
    private static final int FLOATS = 1024;

    @TempDir
    Path folder;

    private CudaContext context;
    private DeviceMemory memory;
    private Staging staging;
    private DeviceMemory.Lease x;
    private DeviceMemory.Lease y;

    @BeforeEach
    void open() {
        SimulatedDevice.traced();
        context = new CudaContext(0);
        memory = new DeviceMemory(context);
        memory.cache(false);
        staging = new Staging(context);
        x = memory.allocate(4L * FLOATS, this);
        y = memory.allocate(4L * FLOATS, this);
        float[] numbers = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            numbers[i] = i;
        }
        staging.upload(numbers, FLOATS, x.address());
    }

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
        x.giveBack();
        y.giveBack();
    }

    private float[] run(String name, int blocks, int threads, String body) {
        TestKernel.compile(context, folder, name, true, body).launch(Dim.of(blocks), Dim.of(threads),
                LaunchParameters.begin().pointer(x.address()).pointer(y.address()));
        float[] result = new float[FLOATS];
        try {
            staging.download(y.address(), result, FLOATS);
        } catch (DeviceException e) {
            // A finding ends the launch as a failure; the report says which.
        }
        return result;
    }

    private static Set<String> found() {
        return new TreeSet<>(SimulatedDevice.simulator().report().findings().keySet());
    }

    @Test
    void aWarpSumsByShuffling() {
        float[] sums = run("warp_sum", 1, 64, """
                float v = x[threadIdx.x];
                for (int d = 16; d > 0; d /= 2) {
                    v += __shfl_xor_sync(FULL, v, d);
                }
                float first = __shfl_sync(FULL, x[threadIdx.x], 0);
                y[threadIdx.x] = v + 1000.0f * first;
                """);
        assertEquals(Set.of(), found());
        assertEquals(31 * 16, sums[7]);
        assertEquals(31 * 16 + 32 * 32 + 32_000, sums[40]);
    }

    @Test
    void shufflesUpAndDownKeepTheEnds() {
        float[] v = run("warp_shift", 1, 32, """
                float up = __shfl_up_sync(FULL, x[threadIdx.x], 1);
                float down = __shfl_down_sync(FULL, x[threadIdx.x], 2, 8);
                y[threadIdx.x] = up * 100.0f + down;
                """);
        assertEquals(Set.of(), found());
        assertEquals(0 * 100 + 2, v[0]);
        assertEquals(6 * 100 + 7, v[7]);
        assertEquals(30 * 100 + 31, v[31]);
    }

    @Test
    void aPartOfAWarpVotesAmongItself() {
        float[] v = run("warp_vote", 1, 32, """
                if (threadIdx.x < 8) {
                    y[threadIdx.x] = (float) __ballot_sync(0xffu, x[threadIdx.x] > 4.0f);
                }
                """);
        assertEquals(Set.of(), found());
        assertEquals(0xe0, v[3]);
    }

    @Test
    void atomicsOfManyBlocksAddUp() {
        float[] v = run("atomic_sum", 4, 32, """
                if (blockIdx.x == 0 && threadIdx.x == 0) {
                    atomicAdd(&x[0], 0.0f);
                }
                atomicAdd(&x[512], 1.0f);
                if (blockIdx.x == 3) {
                    y[threadIdx.x] = 0.0f;
                }
                """);
        assertEquals(Set.of(), found());
        float[] after = new float[FLOATS];
        staging.download(x.address(), after, FLOATS);
        assertEquals(512 + 128, after[512]);
        assertEquals(0, v[0]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            half_warp_shuffle    | mask           | if (threadIdx.x < 16) y[0] = __shfl_xor_sync(FULL, x[0], 1);
            return_then_shuffle  | mask           | if (threadIdx.x > 20) return; y[0] = __shfl_sync(FULL, x[0], 1);
            not_in_own_mask      | mask           | y[threadIdx.x] = __shfl_sync(0xfffffffeu, x[threadIdx.x], 1);
            reads_outside_mask   | mask           | if (threadIdx.x < 4) y[threadIdx.x] = __shfl_sync(0xfu, x[0], 9);
            barrier_for_some     | barrier        | if (threadIdx.x < 33) __syncthreads(); y[threadIdx.x] = 1;
            early_exit           | barrier        | if (threadIdx.x == 5) return; __syncthreads(); y[threadIdx.x] = 1;
            past_the_end         | out-of-bounds  | y[1024 + threadIdx.x] = 1;
            before_the_start     | out-of-bounds  | y[threadIdx.x] = x[(int) threadIdx.x - 1];
            host_pointer         | out-of-bounds  | y[threadIdx.x] = *(volatile float*) 4096;
            uninitialised_global | uninitialised  | x[threadIdx.x] = y[threadIdx.x];
            uninitialised_shared | uninitialised  | __shared__ float s[64]; y[threadIdx.x] = s[threadIdx.x];
            blocks_write_one     | race           | y[0] = blockIdx.x;
            threads_write_one    | race           | y[threadIdx.x / 2] = threadIdx.x;
            read_too_early | race | __shared__ float s[64]; int t = threadIdx.x; s[t] = 1; y[t] = s[t ^ 63];
            misaligned_vector    | misaligned     | *reinterpret_cast<float4*>(y + 1) = make_float4(1, 2, 3, 4);
            """)
    void findsWhatCudaForbids(String name, String kind, String body) {
        run(name, 2, 64, body);
        assertTrue(found().contains(kind), () -> name + " must be found as " + kind + ", not " + found());
    }

    /// What looks like the above and is allowed. (The kernels' own tests are the rest of the control.)
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            own_mask_each_half   | int h = t / 16 % 2; y[i] = __shfl_xor_sync(h ? 0xffff0000u : 0xffffu, x[i], 1);
            return_without_barrier | if (t > 20) return; y[i] = 1;
            barrier_for_one_block | __shared__ float s[64]; s[t] = 1; if (blockIdx.x == 0) __syncthreads(); y[i] = s[t];
            up_to_the_end        | y[1023 - i] = x[1023 - i];
            one_word_for_all     | y[i] = x[0] + x[1023];
            written_before_read  | y[i] = 2; x[i] = y[i];
            shared_in_turns      | __shared__ float s[64]; s[t] = i; __syncthreads(); y[i] = s[t ^ 63];
            aligned_vector       | if (t % 4 == 0) *reinterpret_cast<float4*>(y + i) = make_float4(1, 2, 3, 4);
            blocks_add_atomically | atomicAdd(x, 1.0f);
            """)
    void allowsWhatCudaAllows(String name, String body) {
        run(name, 2, 64, "int t = threadIdx.x, i = blockIdx.x * 64 + t;" + body);
        assertEquals(Set.of(), found());
    }

    /// An array that is too short by one element, before another and at the end of shared memory.
    @ParameterizedTest
    @ValueSource(strings = {"s", "r"})
    void findsTheEndOfASharedArray(String array) {
        run("short_" + array, 1, 63, """
                __shared__ float s[63], r[63];
                s[threadIdx.x] = 1;
                r[threadIdx.x] = 2;
                __syncthreads();
                y[threadIdx.x] = s[62 - threadIdx.x] + r[62 - threadIdx.x];
                """);
        assertEquals(Set.of(), found());
        run("short_by_one_" + array, 1, 64, """
                __shared__ float s[63], r[63];
                if (threadIdx.x < 63) s[threadIdx.x] = r[threadIdx.x] = 1;
                %s[threadIdx.x] = 2;
                __syncthreads();
                y[threadIdx.x] = threadIdx.x < 63 ? s[62 - threadIdx.x] + r[62 - threadIdx.x] : 0;
                """.formatted(array));
        assertEquals(Set.of("out-of-bounds"), found());
    }

    @Test
    void barriersOnTwoLinesAreNotOne() {
        run("two_barriers", 1, 64, """
                if (threadIdx.x < 32) {
                    __syncthreads();
                } else {
                    __syncthreads();
                }
                y[threadIdx.x] = 1;
                """);
        assertEquals(Set.of("barrier"), found());
    }

    /// `__syncwarp` orders the lanes of a warp, and nothing beyond.
    @Test
    void aWarpBarrierOrdersItsWarpOnly() {
        String body = """
                __shared__ float s[64];
                s[threadIdx.x] = x[threadIdx.x];
                __syncwarp();
                y[threadIdx.x] = s[threadIdx.x ^ %d];
                """;
        float[] v = run("within_a_warp", 1, 64, body.formatted(1));
        assertEquals(Set.of(), found());
        assertEquals(1, v[0]);
        SimulatedDevice.simulator().reset();
        run("across_warps", 1, 64, body.formatted(32));
        assertTrue(found().contains("race"), () -> found().toString());
    }

    @Test
    void findsMemoryUsedAfterItWasGivenBack() {
        var kernel = TestKernel.compile(context, folder, "late_read", true, "y[threadIdx.x] = x[threadIdx.x];");
        var gone = memory.allocate(4L * FLOATS, this);
        gone.giveBack();
        kernel.launch(Dim.of(1), Dim.of(32), LaunchParameters.begin().pointer(gone.address()).pointer(y.address()));
        assertEquals(Set.of("use-after-free"), found());
    }

    /// Untraced, an overrun shows all the same, behind the block.
    @Test
    void findsAnOverrunWithoutTracing() {
        TestKernel.compile(context, folder, "overrun", false, "y[1024 + threadIdx.x] = 1;").launch(Dim.of(1), Dim.of(1),
                LaunchParameters.begin().pointer(x.address()).pointer(y.address()));
        assertEquals(Set.of("overrun"), found());
    }

    @Test
    void countsSectorsAndBankConflicts() {
        run("strided_loads", 1, 32, "y[threadIdx.x] = x[8 * threadIdx.x];");
        var report = SimulatedDevice.simulator().report();
        assertEquals(32, report.sectorsPerRequest("strided_loads", false));
        assertEquals(4, report.sectorsPerRequest("strided_loads", true));
        run("conflicts", 1, 32, """
                __shared__ float s[256];
                for (int i = threadIdx.x; i < 256; i += 32) s[i] = i;
                __syncthreads();
                y[threadIdx.x] = s[8 * threadIdx.x];
                """);
        // 32 lanes, 8 words apart: 4 different banks, so 8 passes in place of one.
        assertEquals(7, SimulatedDevice.simulator().report().bankConflicts("conflicts"));
    }
}
