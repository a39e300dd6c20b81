package dev.sextant.engine.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The setting `conv` decides which algorithm runs, and events name it.
class ConvAlgorithmsTest {

    private static String forward(CpuSettings settings, int images, int channels, int size, int kernel) {
        Device d = Device.simd(settings);
        var spec = Conv2dSpec.of(1, kernel / 2);
        NDArray x = blockedIfPossible(d, Shape.of(images, channels, size, size));
        NDArray w = NDArray.zeros(Shape.of(channels, channels, kernel, kernel), DType.FLOAT32, d);
        Shape out = spec.outputShape(x.shape(), w.shape());
        NDArray y = NDArray.empty(out, DType.FLOAT32, d.backend().layoutFor(spec, out, x, w), d);
        List<OpEvent> events = new ArrayList<>();
        try (var _ = Trace.listen(events::add)) {
            d.kernels().conv2d(spec, x, w, null, y);
        }
        return events.getLast().algorithm();
    }

    /// An array such as a preceding convolution leaves behind.
    private static NDArray blockedIfPossible(Device d, Shape shape) {
        NDArray plain = NDArray.zeros(shape, DType.FLOAT32, d);
        NDArray w = NDArray.zeros(Shape.of(shape.dim(1), shape.dim(1), 1, 1), DType.FLOAT32, d);
        NDArray x = NDArray.empty(shape, DType.FLOAT32, d.backend().layoutFor(Conv2dSpec.of(1, 0), shape, plain, w),
                d);
        x.fill(0);
        return x;
    }

    private static boolean hasBlocks() {
        return blockedIfPossible(Device.standard(), Shape.of(2, 32, 8, 8)).layout() instanceof Layout.Blocked;
    }

    @Test
    void plainAlgorithmsByName() {
        assertEquals("naive", forward(CpuSettings.defaults().withConv("naive"), 2, 32, 8, 3));
        assertEquals("im2col", forward(CpuSettings.defaults().withConv("im2col"), 2, 32, 8, 3));
    }

    @ParameterizedTest
    @CsvSource({"auto, 32, 64, 24, 3, 'winograd F(4x4,3x3)'", "auto, 32, 128, 3, 3, 'winograd F(3x3,3x3)'",
        "auto, 16, 96, 12, 5, 'winograd F(3x3,5x5)'", "auto, 32, 64, 24, 1, blocked direct",
        "auto, 1, 256, 3, 3, blocked direct", "winograd, 32, 64, 8, 3, 'winograd F(4x4,3x3)'",
        "winograd, 1, 64, 4, 1, blocked direct", "implicit-gemm, 32, 64, 24, 3, blocked direct"})
    void blockedAlgorithms(String conv, int images, int channels, int size, int kernel, String name) {
        Assumptions.assumeTrue(hasBlocks(), "blocked arrays need the Vector API");
        assertEquals(name, forward(CpuSettings.defaults().withConv(conv), images, channels, size, kernel));
    }

    @Test
    void exactNeverUsesWinograd() {
        var exact = CpuSettings.defaults().withPrecision(Precision.EXACT);
        assertTrue(!forward(exact, 32, 64, 24, 3).contains("winograd"));
        assertTrue(assertThrows(DeviceException.class, () -> exact.withConv("winograd")).getMessage().contains(
                "precision fast"));
    }

    @Test
    void unknownNamesAreRefused() {
        assertTrue(assertThrows(DeviceException.class, () -> CpuSettings.defaults().withConv("winogrand")).getMessage()
                .contains("implicit-gemm"));
    }
}
