package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.trace.Trace;
import dev.sextant.kernels.Compare;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.kernels.sim.Simulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Algorithms that are measured (`tune=true`), on the doubles: by their clock FFT in tiles is the fastest, the others
/// are equal, and they suggest something else.
@OnSimulator
class ConvTrialsTest {
    private static final Shape X = Shape.of(2, 3, 8, 8);
    private static final Shape W = Shape.of(4, 3, 3, 3);
    private static final Conv2dSpec CONV = Conv2dSpec.of(1, 1);
    private static final Shape Y = CONV.outputShape(X, W);

    private final Simulator simulator = SimulatedDevice.simulator();

    @AfterEach
    void nothingWasFound() {
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
        SimulatedDevice.fresh();
    }

    // A device that has not met any geometry.
    private static Device tuned(String... keysAndValues) {
        return LibraryDoubles.unused(LibraryDoubles.settings(Map.of("tune", "true"), keysAndValues));
    }

    private static NDArray array(Device device, int seed, Shape shape) {
        return NDArray.of(Compare.values(seed, shape.size()), shape, device);
    }

    private static NDArray forward(Device device) {
        NDArray y = NDArray.empty(Y, DType.FLOAT32, device);
        device.kernels().conv2d(CONV, array(device, 1, X), array(device, 2, W), null, y);
        return y;
    }

    // Gradients added to what is there.
    private static NDArray[] gradients(Device device) {
        NDArray dz = array(device, 3, Y);
        NDArray dx = array(device, 4, X);
        NDArray dw = array(device, 5, W);
        device.kernels().conv2dBackwardData(CONV, dz, array(device, 2, W), Target.add(dx));
        device.kernels().conv2dBackwardFilter(CONV, dz, array(device, 1, X), Target.add(dw));
        return new NDArray[] {dx, dw};
    }

    private static String name(Device device) {
        return device.backend().algorithm(CONV, array(device, 1, X), array(device, 2, W));
    }

    @Test
    void theFastestIsTakenAndNamed() {
        Device cuda = tuned();
        assertEquals("cudnn-winograd", name(cuda), "not yet measured");
        List<String> heard = new ArrayList<>();
        try (var _ = Trace.listen(e -> heard.add(e.algorithm()))) {
            forward(cuda);
            gradients(cuda);
        }
        assertEquals(List.of("cudnn-fft-tiling", "cudnn-fft-tiling", "cudnn-fft-tiling"), heard);
        assertEquals("cudnn-fft-tiling", name(cuda));
    }

    @Test
    void resultsEqualTheOracle() {
        LibraryChecks.CONVOLUTION.run(tuned());
        Device late = tuned();
        simulator.set("order", "lazy");
        simulator.set("recycle", "1");
        LibraryChecks.CONVOLUTION.run(late);
    }

    /// Trials leave alone what the gradient is added to, though they run first.
    @Test
    void whatIsAddedToIsAddedToOnce() {
        NDArray[] expected = gradients(Device.ref());
        NDArray[] actual = gradients(tuned());
        Compare.close(expected[0], actual[0], 40, "dx");
        Compare.close(expected[1], actual[1], 128, "dw");
    }

    @Test
    void theChoiceIsKept() {
        Device cuda = tuned();
        NDArray first = forward(cuda);
        long trials = simulator.calls("cudnnConvolutionForward") - 1;
        assertTrue(trials > 0 && simulator.calls("cuEventRecord") > 0, "measured");
        simulator.reset();
        assertArrayEquals(first.toFloats(), forward(cuda).toFloats());
        assertEquals(1, simulator.calls("cudnnConvolutionForward"));
    }

    /// Equals are taken in cuDNN's order: without FFT (stride 2) it is as if nothing had been measured.
    @Test
    void amongEqualsTheSuggestionIsTaken() {
        Device cuda = tuned();
        var strided = Conv2dSpec.of(2, 1);
        NDArray y = NDArray.empty(strided.outputShape(X, W), DType.FLOAT32, cuda);
        cuda.kernels().conv2d(strided, array(cuda, 1, X), array(cuda, 2, W), null, y);
        Device untuned = LibraryDoubles.opened(GpuSettings.LIBRARIES);
        assertEquals(untuned.backend().algorithm(strided, array(untuned, 1, X), array(untuned, 2, W)),
                cuda.backend().algorithm(strided, array(cuda, 1, X), array(cuda, 2, W)));
    }

    @Test
    void otherSettingsComeFirst() {
        Device named = tuned("forward", "gemm");
        forward(named);
        assertEquals("cudnn-gemm", name(named));
        assertEquals(1, simulator.calls("cudnnConvolutionForward"), "what was named is not measured");
        Device narrow = tuned("workspace", "0");
        forward(narrow);
        assertEquals("cudnn-winograd", name(narrow), "FFT computes in a workspace");
        LibraryChecks.BITS.run(tuned());
    }

    /// Only when it runs, cuDNN finds that it does not support something: that is no error yet, any other failure is.
    @Test
    void whatIsNotSupportedIsPassedOver() {
        Device cuda = tuned("workspace", "0");
        simulator.set("fault", "cudnnConvolutionForward:1:3003");
        Compare.close(forward(Device.ref()), forward(cuda), 27, "conv2d");
        assertEquals("cudnn-implicit-gemm", name(cuda));
        Device none = tuned();
        simulator.set("fault", "cudnnConvolutionForward:1-999:3000");
        String message = assertThrows(DeviceException.class, () -> forward(none)).getMessage();
        assertTrue(message.contains("has no deterministic algorithm for the forward convolution"), message);
        Device broken = tuned();
        simulator.set("fault", "cudnnConvolutionForward:1:5000");
        message = assertThrows(DeviceException.class, () -> forward(broken)).getMessage();
        assertTrue(message.contains("cudnnConvolutionForward failed with 5000"), message);
    }

    /// A step's first run, before it is recorded, measures; what only its second run meets is computed as suggested.
    @Test
    void recordedStepsAreMeasuredBefore() {
        Device cuda = tuned();
        NDArray x = array(cuda, 1, X);
        NDArray w = array(cuda, 2, W);
        NDArray y = NDArray.empty(Y, DType.FLOAT32, cuda);
        var larger = Conv2dSpec.of(1, 2);
        NDArray z = NDArray.empty(larger.outputShape(X, W), DType.FLOAT32, cuda);
        int[] runs = {0};
        try (var recording = ((CudaBackend) cuda.backend()).record(() -> {
            cuda.kernels().conv2d(CONV, x, w, null, y);
            if (runs[0]++ > 0) {
                cuda.kernels().conv2d(larger, x, w, null, z);
            }
        })) {
            y.fill(Double.NaN);
            recording.replay();
            Compare.close(forward(Device.ref()), y, 27, "replayed");
        }
        assertEquals("cudnn-fft-tiling", name(cuda));
        simulator.reset();
        cuda.kernels().conv2d(larger, x, w, null, z);
        assertEquals(1, simulator.calls("cudnnConvolutionForward"), "what was suggested is kept too");
        assertEquals("cudnn-winograd", cuda.backend().algorithm(larger, x, w));
    }

    @Test
    void theDeviceSaysSo() {
        String text = tuned().backend().describe();
        assertTrue(text.endsWith("in strict float32, deterministic, tuned"), text);
        assertTrue(assertThrows(DeviceException.class, () -> GpuSettings.of(Map.of("tune", "maybe"))).getMessage()
                .contains("it is true or false"));
    }
}
