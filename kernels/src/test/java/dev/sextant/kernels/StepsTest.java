package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.library.LibraryDoubles;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.kernels.sim.Simulator;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Whole training steps where the device is unkind: work runs late, calls fail, and there are many.
@OnSimulator
class StepsTest {
    static final List<GpuSettings> WAYS = List.of(GpuSettings.OWN, GpuSettings.LIBRARIES);
    private static final int SEEDS = 4;
    private static final int STEPS = 2;
    /// Not enough resources for a launch: a failure after which a device goes on.
    private static final int REFUSED = 701;
    private static final int OUT_OF_MEMORY = 2;
    private static final int CUBLAS_EXECUTION_FAILED = 13;
    private static final int CUDNN_EXECUTION_FAILED = 5000;
    private static final List<String> CALLS = List.of("cuLaunchKernel", "cuMemcpyHtoDAsync", "cuMemcpyDtoHAsync",
            "cuEventRecord", "cuEventSynchronize");
    private static final List<String> CUBLAS_CALLS = List.of("cublasSetStream", "cublasSetWorkspace", "cublasSgemm");
    private static final List<String> CUDNN_CALLS = List.of("cudnnSetStream", "cudnnConvolutionForward",
            "cudnnConvolutionBackwardFilter",
            "cudnnConvolutionBackwardBias", "cudnnAddTensor", "cudnnPoolingForward", "cudnnPoolingBackward",
            "cudnnBatchNormalizationForwardTraining", "cudnnBatchNormalizationBackward", "cudnnActivationForward",
            "cudnnActivationBackward");
    /// Whatever makes something that stays.
    private static final List<String> MAKING = List.of("cuMemAlloc", "cuMemHostAlloc", "cuEventCreate",
            "cuStreamCreate", "cuModuleLoadData", "cublasCreate", "cudnnCreate", "cudnnCreateTensorDescriptor",
            "cudnnCreateFilterDescriptor", "cudnnCreateConvolutionDescriptor", "cudnnCreatePoolingDescriptor",
            "cudnnCreateActivationDescriptor");

    private final Simulator simulator = SimulatedDevice.simulator();

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
    }

    private static CudaBackend backend(Device cuda) {
        return (CudaBackend) cuda.backend();
    }

    private void nothingWasFound() {
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    /// Two networks take turns, each on a device and stream of its own: their work runs late and mixed in every
    /// permitted way, warps take turns at random, and freed memory is handed out at once.
    @Test
    void everyOrderGivesTheSameBits() {
        Device own = LibraryDoubles.fresh(GpuSettings.OWN);
        double[] expectedOwn = new Training("lenet-bn", 28, 2, own).losses(STEPS);
        Device libraries = LibraryDoubles.fresh(GpuSettings.LIBRARIES);
        double[] expectedLibraries = new Training("lenet-bn", 28, 2, libraries).losses(STEPS);
        simulator.set("order", "lazy");
        simulator.set("recycle", "1");
        simulator.set("shuffle", "1");
        for (int seed = 1; seed <= SEEDS; seed++) {
            simulator.set("seed", Integer.toString(seed));
            backend(own).cacheMemory(seed % 2 == 0);
            backend(libraries).cacheMemory(seed % 2 == 0);
            var first = new Training("lenet-bn", 28, 2, own);
            var second = new Training("lenet-bn", 28, 2, libraries);
            for (int step = 0; step < STEPS; step++) {
                assertEquals(expectedOwn[step], first.step(), "own kernels, seed " + seed);
                assertEquals(expectedLibraries[step], second.step(), "libraries, seed " + seed);
            }
        }
        nothingWasFound();
    }

    /// A step that fails anywhere says so, holds no memory, and is no harm to what comes after it.
    @ParameterizedTest
    @FieldSource("WAYS")
    void aFailedStepLeavesTheDeviceAsItWas(GpuSettings settings) {
        Device cuda = LibraryDoubles.unused(settings);
        // Both stay reachable, so that what is in use is known.
        var first = Training.small(cuda);
        double[] expected = first.losses(STEPS);
        var training = Training.small(cuda);
        training.step();
        simulator.set("order", "lazy");
        failures(cuda, training, CALLS, REFUSED, 1);
        if (settings.libraries()) {
            failures(cuda, training, CUBLAS_CALLS, CUBLAS_EXECUTION_FAILED, 1);
            failures(cuda, training, CUDNN_CALLS, CUDNN_EXECUTION_FAILED, 1);
        }
        // Every array is a block of the driver's now, and none of four attempts to get it succeeds.
        backend(cuda).cacheMemory(false);
        failures(cuda, training, List.of("cuMemAlloc"), OUT_OF_MEMORY, 4);
        backend(cuda).cacheMemory(true);
        assertArrayEquals(expected, Training.small(cuda).losses(STEPS));
        nothingWasFound();
        Reference.reachabilityFence(first);
    }

    private void failures(Device cuda, Training training, List<String> calls, int code, int inARow) {
        var random = new Random(1);
        String held = inUse(cuda);
        for (String call : calls) {
            simulator.reset();
            training.step();
            int perStep = Math.toIntExact(simulator.calls(call));
            assertTrue(perStep > 0, call + " is not used");
            for (int attempt = 0; attempt < 6; attempt++) {
                int first = 1 + random.nextInt(perStep);
                simulator.reset();
                simulator.set("fault", call + ":" + first + "-" + (first + inARow - 1) + ":" + code);
                var e = assertThrows(DeviceException.class, training::step, call + " number " + first);
                assertTrue(e.getMessage().contains(code == OUT_OF_MEMORY ? "out of memory" : Integer.toString(code)),
                        e.getMessage());
                simulator.set("fault", "");
                assertEquals(held, inUse(cuda), call + " number " + first);
            }
        }
    }

    private static String inUse(Device cuda) {
        String memory = backend(cuda).describeMemory();
        return memory.substring(0, memory.indexOf('('));
    }

    /// Nothing grows: not the memory in use, not what is held for later, not what the libraries are asked to make;
    /// and of every fiftieth step, which fails, nothing stays either.
    @ParameterizedTest
    @FieldSource("WAYS")
    void aThousandStepsTakeNoMemory(GpuSettings settings) {
        Device cuda = LibraryDoubles.unused(settings);
        var training = Training.small(cuda);
        training.losses(3);
        String memory = backend(cuda).describeMemory();
        long blocks = simulator.liveBlocks();
        simulator.reset();
        for (int step = 1; step <= 1000; step++) {
            if (step % 50 == 0) {
                long launch = simulator.calls("cuLaunchKernel") + 1 + step / 50 % 5;
                simulator.set("fault", "cuLaunchKernel:" + launch + ":" + REFUSED);
                assertThrows(DeviceException.class, training::step);
                simulator.set("fault", "");
            } else {
                training.step();
            }
        }
        assertEquals(memory, backend(cuda).describeMemory());
        assertEquals(blocks, simulator.liveBlocks());
        for (String call : MAKING) {
            assertEquals(0, simulator.calls(call), call);
        }
        assertEquals(2000, simulator.calls("cuMemcpyHtoDAsync"), "images and labels");
        assertEquals(1000 - 20, simulator.calls("cuMemcpyDtoHAsync"), "losses");
        nothingWasFound();
    }
}
