package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.Trace;
import dev.sextant.kernels.Compare;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.settings.ConvDirection;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.kernels.sim.Simulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The library path on the doubles: what it computes, what it chooses, and what it says when something is wrong.
@OnSimulator
class LibraryPathTest {
    private static final Shape X = Shape.of(2, 3, 8, 8);
    private static final Shape W = Shape.of(4, 3, 3, 3);
    private static final Conv2dSpec CONV = Conv2dSpec.of(1, 1);

    private final Simulator simulator = SimulatedDevice.simulator();

    @AfterEach
    void forget() {
        SimulatedDevice.fresh();
    }

    private static Device with(String... keysAndValues) {
        return LibraryDoubles.fresh(LibraryDoubles.settings(Map.of(), keysAndValues));
    }

    private static NDArray array(Device device, int seed, Shape shape) {
        return NDArray.of(Compare.values(seed, shape.size()), shape, device);
    }

    private static NDArray convolve(Device device) {
        NDArray y = NDArray.empty(CONV.outputShape(X, W), DType.FLOAT32, device);
        device.kernels().conv2d(CONV, array(device, 1, X), array(device, 2, W), null, y);
        return y;
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheOracle(LibraryChecks check) {
        check.run(with());
    }

    @Test
    void everyAlgorithmIsTakenByName() {
        for (String forward : List.of("implicit-gemm", "implicit-precomp-gemm", "gemm", "fft", "fft-tiling",
                "winograd", "winograd-nonfused")) {
            Device cuda = with("forward", forward);
            assertEquals("cudnn-" + forward, cuda.backend().algorithm(CONV, array(cuda, 1, X), array(cuda, 2, W)));
            LibraryChecks.CONVOLUTION.run(cuda);
        }
        for (String data : List.of("algo-1", "fft", "fft-tiling", "winograd", "winograd-nonfused")) {
            LibraryChecks.CONVOLUTION.run(with("backward-data", data));
        }
        for (String filter : List.of("algo-1", "fft", "winograd-nonfused", "fft-tiling")) {
            LibraryChecks.CONVOLUTION.run(with("backward-filter", filter));
        }
    }

    @Test
    void aNameThatTheGeometryForbidsIsNotTaken() {
        Device cuda = with("forward", "winograd");
        String taken = cuda.backend().algorithm(Conv2dSpec.of(2, 1), array(cuda, 1, X), array(cuda, 2, W));
        assertTrue(ConvDirection.FORWARD.algorithms().contains(taken.substring("cudnn-".length())), taken);
        assertTrue(!taken.contains("winograd"), taken);
    }

    /// What an event says of a gradient is what computed it.
    @Test
    void eachDirectionNamesItsOwnAlgorithm() {
        assertEquals(List.of("conv2d: cudnn-gemm", "conv2dBackwardData: cudnn-fft",
                "conv2dBackwardFilter: cudnn-algo-1", "linear: cublas"),
                namesOf(with("forward", "gemm", "backward-data", "fft", "backward-filter", "algo-1"), CONV, W));
        Device own = SimulatedDevice.fresh();
        ((CudaBackend) own.backend()).useConvolution(ConvAlgorithm.WINOGRAD);
        try {
            List<String> names = namesOf(own, CONV, W);
            assertEquals(List.of("conv2d: own-winograd", "conv2dBackwardData: own-winograd",
                    "conv2dBackwardFilter: own-implicit-gemm"), names.subList(0, 3));
            assertTrue(names.get(3).startsWith("linear: own-sgemm"), names.get(3));
        } finally {
            ((CudaBackend) own.backend()).useConvolution(null);
        }
    }

    private static List<String> namesOf(Device cuda, Conv2dSpec spec, Shape filter) {
        List<String> heard = new ArrayList<>();
        NDArray x = array(cuda, 1, X);
        NDArray w = array(cuda, 2, filter);
        NDArray y = array(cuda, 3, spec.outputShape(X, filter));
        NDArray square = array(cuda, 4, Shape.of(3, 3));
        NDArray product = square.copy();
        try (var _ = Trace.listen(e -> heard.add(e.kernel() + ": " + e.algorithm()))) {
            cuda.kernels().conv2d(spec, x, w, null, y);
            cuda.kernels().conv2dBackwardData(spec, y, w, Target.set(x));
            cuda.kernels().conv2dBackwardFilter(spec, y, x, Target.set(w));
            cuda.kernels().linear(LinearSpec.PLAIN, square, square, null, product);
        }
        return heard;
    }

    /// With 5×5 filters cuDNN's Winograd is off by up to 1 % of the largest result, and suggested nevertheless.
    @Test
    void inaccurateAlgorithmsOnlyByName() {
        Shape w = Shape.of(4, 3, 5, 5);
        var spec = Conv2dSpec.of(1, 2);
        for (String precision : List.of("strict", "tf32")) {
            for (String name : namesOf(with("precision", precision), spec, w)) {
                assertTrue(!name.contains("winograd"), name);
            }
        }
        String winograd = "winograd-nonfused";
        Device named = with("forward", winograd, "backward-data", winograd, "backward-filter", winograd);
        for (String name : namesOf(named, spec, w).subList(0, 3)) {
            assertTrue(name.endsWith(": cudnn-winograd-nonfused"), name);
        }
        assertEquals("conv2dBackwardFilter: cudnn-winograd-nonfused", namesOf(with(), CONV, W).get(2), "3x3");
    }

    @Test
    void atomicAlgorithmsOnlyWhereAllowed() {
        assertThrows(AssertionError.class, () -> LibraryChecks.BITS.run(with("deterministic", "false")));
        LibraryChecks.BITS.run(with("backward-data", "algo-0", "backward-filter", "algo-3"));
    }

    @Test
    void workspaceIsLimited() {
        Device cuda = with("workspace", "0");
        String taken = cuda.backend().algorithm(CONV, array(cuda, 1, X), array(cuda, 2, W));
        assertTrue(List.of("cudnn-winograd", "cudnn-implicit-gemm").contains(taken), taken);
    }

    /// im2col of these images takes some kilobytes.
    @Test
    void anEighthOfTheMemoryIsTheWorkspaceUnlessTold() throws ReflectiveOperationException {
        assertEquals("cudnn-winograd", algorithmOfAGpuWith(16L << 10));
        assertEquals("cudnn-gemm", algorithmOfAGpuWith(1L << 20));
    }

    private String algorithmOfAGpuWith(long memory) throws ReflectiveOperationException {
        Device cuda;
        simulator.set("memory", String.valueOf(memory));
        try {
            cuda = LibraryDoubles.where(() -> Device.of(CudaBackend.open(GpuSettings.of(
                    Map.of("gpu-lib", "cudnn", "forward", "gemm")))));
        } finally {
            simulator.set("memory", String.valueOf(4L << 30));
        }
        return cuda.backend().algorithm(CONV, array(cuda, 1, X), array(cuda, 2, W));
    }

    @Test
    void aWorkspaceThatIsTooSmallForAllSaysSo() {
        Device cuda = with("workspace", "0");
        // Everything without a workspace is for filters of 3x3 and a stride of 1, or adds with atomics.
        Shape w = Shape.of(4, 3, 5, 5);
        NDArray y = NDArray.empty(CONV.outputShape(X, w), DType.FLOAT32, cuda);
        String message = assertThrows(DeviceException.class, () -> cuda.kernels().conv2dBackwardFilter(CONV, y,
                array(cuda, 1, X), Target.set(array(cuda, 2, w)))).getMessage();
        assertTrue(message.contains("within 0 bytes of workspace; allow more (workspace=BYTES)"), message);
    }

    @Test
    void tf32RoundsTheOperandsAndNothingElse() {
        Device cuda = with("precision", "tf32");
        Shape shape = Shape.of(30, 30);
        NDArray[] results = new NDArray[3];
        Device[] devices = {Device.ref(), Device.ref(), cuda};
        for (int i = 0; i < 3; i++) {
            results[i] = NDArray.empty(shape, DType.FLOAT32, devices[i]);
            NDArray a = i == 1 ? NDArray.of(Compare.magnitudes(1, 900), shape, devices[i])
                    : array(devices[i], 1, shape);
            NDArray b = i == 1 ? NDArray.of(Compare.magnitudes(2, 900), shape, devices[i])
                    : array(devices[i], 2, shape);
            devices[i].kernels().matmul(MatmulSpec.PLAIN, a, b, results[i], Write.SET);
        }
        Compare.closeInTf32(results[0], results[1], results[2], "matmul in TF32");
        assertThrows(AssertionError.class, () -> Compare.close(results[0], results[2], 30, "float32"),
                "nothing was rounded");
        assertThrows(AssertionError.class, () -> LibraryChecks.CONVOLUTION.run(cuda), "no convolution was rounded");
        // Before Ampere there is no TF32, whatever is asked for.
        simulator.set("capability", "75");
        LibraryChecks.CONVOLUTION.run(cuda);
    }

    @Test
    void aFailureNamesTheCallAndTheProblem() {
        Device cuda = with();
        simulator.set("fault", "cudnnConvolutionForward:1:5000");
        String message = assertThrows(DeviceException.class, () -> convolve(cuda)).getMessage();
        for (String part : List.of("cudnnConvolutionForward", "5000", "CUDNN_STATUS_EXECUTION_FAILED", "n=2, c=3",
                "--gpu-lib own")) {
            assertTrue(message.contains(part), message);
        }
        simulator.set("fault", "");
        convolve(cuda);
    }

    @Test
    void aFailingProductNamesTheCallAndTheProblem() {
        Device cuda = with();
        simulator.set("fault", "cublasSgemm:1:13");
        NDArray a = array(cuda, 1, Shape.of(3, 3));
        NDArray y = NDArray.empty(Shape.of(3, 3), DType.FLOAT32, cuda);
        String message = assertThrows(DeviceException.class,
                () -> cuda.kernels().matmul(MatmulSpec.PLAIN, a, a, y, Write.SET)).getMessage();
        assertTrue(message.contains("cublasSgemm failed with 13 (CUBLAS_STATUS_EXECUTION_FAILED)"), message);
        assertTrue(message.contains("m=3, n=3, k=3"), message);
    }

    @Test
    void adviceThatFailsIsAnErrorWhateverJcudnnMakesOfIt() {
        Device cuda = with("workspace", "1000000");
        for (String direction : List.of("Forward", "BackwardData", "BackwardFilter")) {
            simulator.set("fault", "cudnnGetConvolution" + direction + "Algorithm_v7:1-99:4000");
            simulator.reset();
            NDArray x = array(cuda, 1, X);
            NDArray w = array(cuda, 2, W);
            NDArray y = array(cuda, 3, CONV.outputShape(X, W));
            assertThrows(DeviceException.class, () -> {
                switch (direction) {
                    case "Forward" -> cuda.kernels().conv2d(CONV, x, w, null, y);
                    case "BackwardData" -> cuda.kernels().conv2dBackwardData(CONV, y, w, Target.set(x));
                    default -> cuda.kernels().conv2dBackwardFilter(CONV, y, x, Target.set(w));
                }
            }, direction);
        }
    }

    @Test
    void nothingIsMadeTwice() {
        Device cuda = with();
        NDArray x = array(cuda, 1, X);
        NDArray w = array(cuda, 2, W);
        NDArray y = NDArray.empty(CONV.outputShape(X, W), DType.FLOAT32, cuda);
        cuda.kernels().conv2d(CONV, x, w, null, y);
        simulator.reset();
        long blocks = simulator.liveBlocks();
        for (int i = 0; i < 100; i++) {
            cuda.kernels().conv2d(CONV, x, w, null, y);
        }
        assertEquals(0, simulator.calls("cudnnCreateTensorDescriptor"));
        assertEquals(0, simulator.calls("cudnnGetConvolutionForwardAlgorithm_v7"));
        assertEquals(100, simulator.calls("cudnnConvolutionForward"));
        assertEquals(blocks, simulator.liveBlocks());
    }

    @Test
    void theWorkspaceGrowsUnderWaitingWork() {
        Device cuda = with("forward", "gemm");
        ((CudaBackend) cuda.backend()).cacheMemory(false);
        simulator.set("order", "lazy");
        simulator.set("recycle", "1");
        List<NDArray> expected = new ArrayList<>();
        List<NDArray> actual = new ArrayList<>();
        for (Device device : List.of(Device.ref(), cuda)) {
            for (int size = 4; size <= 12; size += 4) {
                Shape x = Shape.of(1, 3, size, size);
                NDArray y = NDArray.empty(CONV.outputShape(x, W), DType.FLOAT32, device);
                device.kernels().conv2d(CONV, array(device, 1, x), array(device, 2, W), null, y);
                (device == cuda ? actual : expected).add(y);
            }
        }
        for (int i = 0; i < actual.size(); i++) {
            Compare.close(expected.get(i), actual.get(i), 27, "conv2d " + i);
        }
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
        ((CudaBackend) cuda.backend()).cacheMemory(true);
    }

    /// A step that was recorded while the workspace was small goes on computing there when it has grown: nobody else may
    /// have got that memory.
    @Test
    void aRecordedStepKeepsItsWorkspace() {
        Device cuda = with("forward", "gemm", "workspace", "99999999");
        var backend = (CudaBackend) cuda.backend();
        NDArray x = array(cuda, 1, X);
        NDArray w = array(cuda, 2, W);
        NDArray y = NDArray.empty(CONV.outputShape(X, W), DType.FLOAT32, cuda);
        cuda.kernels().conv2d(CONV, x, w, null, y);
        try (var recording = backend.record(() -> cuda.kernels().conv2d(CONV, x, w, null, y))) {
            Shape larger = Shape.of(1, 3, 64, 64);
            NDArray z = NDArray.empty(CONV.outputShape(larger, W), DType.FLOAT32, cuda);
            cuda.kernels().conv2d(CONV, array(cuda, 3, larger), w, null, z);
            List<NDArray> others = new ArrayList<>();
            for (int kib = 1; kib <= 64; kib++) {
                others.add(NDArray.full(Shape.of(256 * kib), 7, DType.FLOAT32, cuda));
            }
            y.fill(Double.NaN);
            recording.replay();
            Compare.close(convolve(Device.ref()), y, 27, "replayed");
            for (NDArray other : others) {
                for (float value : other.toFloats()) {
                    assertEquals(7f, value, "an array of " + other.shape() + " was used as workspace");
                }
            }
        }
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    @Test
    void twoThreadsShareTheHandle() throws InterruptedException {
        Device cuda = with();
        NDArray expected = convolve(Device.ref());
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        Compare.close(expected, convolve(cuda), 27, "conv2d");
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    @Test
    void whatCudnnLacksIsNotSentToIt() {
        assertTrue(CudnnPooling.supports(Pool2dSpec.max(3, 2, 1)));
        assertTrue(!CudnnPooling.supports(new Pool2dSpec(PoolKind.MAX, Pair.of(2), Pair.of(2), Pair.of(0), Pair.ONE,
                true, true)), "rounding up");
        assertTrue(!CudnnPooling.supports(new Pool2dSpec(PoolKind.MAX, Pair.of(2), Pair.of(2), Pair.of(0), Pair.of(2),
                false, true)), "dilation");
        assertTrue(!CudnnPooling.supports(new AdaptivePool2dSpec(PoolKind.AVG, Pair.of(2))), "2x2");
        assertTrue(CudnnPointwise.supports(UnarySpec.RELU6) && !CudnnPointwise.supports(UnarySpec.of(Kind.GELU)));
    }

    @Test
    void saysWhatComputes() {
        String text = with().backend().describe();
        assertTrue(text.contains("simulated") && text.contains("cuBLAS 12.6.3 and cuDNN 9.5.1 in strict float32, "
                + "deterministic"), text);
    }

    @Test
    void isOpenedByNameAndSettings() throws ReflectiveOperationException {
        SimulatedDevice.fresh();
        Device cuda = LibraryDoubles.where(() -> Device.of("cuda:gpu-lib=cudnn,forward=gemm"));
        assertEquals("cudnn-gemm", cuda.backend().algorithm(CONV, array(cuda, 1, X), array(cuda, 2, W)));
        assertTrue(assertThrows(DeviceException.class, () -> Device.of("cuda:gpu-lib=magma")).getMessage()
                .contains("it is cudnn or own"));
        assertTrue(assertThrows(DeviceException.class, () -> Device.of("cuda:cudnn")).getMessage()
                .contains("'cudnn' should be KEY=VALUE"));
    }

    @Test
    void settingsThatDoNotExistAreRefused() {
        assertTrue(refusal(Map.of("gpu-lib", "magma")).contains("cudnn or own"));
        assertTrue(refusal(Map.of("sideward", "fft")).contains("known are gpu-lib"));
        assertTrue(refusal(Map.of("forward", "quick")).contains("winograd-nonfused"));
        assertTrue(refusal(Map.of("workspace", "much")).contains("bytes"));
    }

    private static String refusal(Map<String, String> values) {
        return assertThrows(DeviceException.class, () -> GpuSettings.of(values)).getMessage();
    }

    @Test
    void aMissingLibraryIsNamedWithTheRemedy(@TempDir Path empty) {
        LibraryDoubles.fresh(GpuSettings.LIBRARIES);
        System.setProperty(CudaProbe.LIBRARY_DIRECTORY, empty.toString());
        try {
            // The doubles are loaded and would be found again; a file that is no library is not.
            java.nio.file.Files.writeString(empty.resolve("libcudnn.so.9"), "not a library");
            String message = assertThrows(DeviceException.class, NvidiaLibrary.CUDNN::load).getMessage();
            for (String part : List.of("cuDNN 9", "libcudnn.so.9", empty.toString(), "--gpu-lib own")) {
                assertTrue(message.contains(part), message);
            }
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        } finally {
            System.clearProperty(CudaProbe.LIBRARY_DIRECTORY);
        }
    }
}
