package dev.sextant.engine.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Events name the algorithm that really ran, each call its own.
class AlgorithmTest {
    private static NDArray zeros(Device d, int... dims) {
        return NDArray.zeros(Shape.of(dims), DType.FLOAT32, d);
    }

    /// Algorithms by kernel.
    private static Map<String, String> heard(Runnable body) {
        List<OpEvent> events = new ArrayList<>();
        try (var _ = Trace.listen(events::add)) {
            body.run();
        }
        Map<String, String> algorithms = new TreeMap<>();
        events.forEach(e -> algorithms.put(e.kernel(), e.algorithm()));
        return algorithms;
    }

    private static Map<String, String> convolution(Device d, Conv2dSpec spec, int images, int channels, int filters) {
        NDArray x = zeros(d, images, channels, 8, 8);
        NDArray w = zeros(d, filters, channels / spec.groups(), 3, 3);
        Shape out = spec.outputShape(x.shape(), w.shape());
        var layout = d.backend().layoutFor(spec, out, x, w);
        NDArray y = NDArray.empty(out, DType.FLOAT32, layout, d);
        return heard(() -> {
            d.kernels().conv2d(spec, x, w, null, y);
            d.kernels().conv2dBackwardData(spec, y, w, Target.set(zeros(d, images, channels, 8, 8)));
            d.kernels().conv2dBackwardFilter(spec, y, x, Target.set(zeros(d, w.shape().dims())));
        });
    }

    @Test
    void theOracleIsNaive() {
        var names = convolution(Device.ref(), Conv2dSpec.of(1, 1), 2, 3, 4);
        assertEquals(List.of("naive", "naive", "naive"), List.of(names.get("conv2d"),
                names.get("conv2dBackwardData"), names.get("conv2dBackwardFilter")));
    }

    @Test
    void convolutionsNameTheirForm() {
        Device d = Device.standard();
        var grouped = new Conv2dSpec(Pair.ONE, Pair.ONE, Pair.ONE, 2, UnarySpec.IDENTITY);
        assertTrue(convolution(d, grouped, 1, 4, 6).get("conv2d").matches("implicit-gemm \\d+x\\d+"));
        assertTrue(convolution(d, grouped, 1, 4, 6).get("conv2dBackwardFilter").matches("implicit-gemm \\d+x\\d+"));
        assertTrue(convolution(d, grouped, 1, 4, 6).get("conv2dBackwardData").startsWith("implicit-gemm"));
        if (d.backend().layoutFor(Conv2dSpec.of(1, 1), Shape.of(2, 64, 8, 8), zeros(d, 2, 64, 8, 8), zeros(d, 64, 64,
                3, 3)) instanceof Layout.Blocked) {
            assertEquals("blocked direct", convolution(d, Conv2dSpec.of(1, 1), 2, 64, 64).get("conv2d"));
            assertEquals("direct over images", convolution(d, Conv2dSpec.of(1, 1), 32, 1, 6).get("conv2d"));
        }
    }

    @Test
    void productsNameTheirTileAndNothingLeaksIntoTheNextCall() {
        Device d = Device.standard();
        NDArray y = zeros(d, 64, 10);
        var names = heard(() -> {
            d.kernels().linear(LinearSpec.PLAIN, zeros(d, 64, 20), zeros(d, 10, 20), null, y);
            d.kernels().unary(UnarySpec.RELU, y, zeros(d, 64, 10));
            d.kernels().matmul(MatmulSpec.PLAIN, zeros(d, 3, 5, 4), zeros(d, 4, 7), zeros(d, 3, 5, 7), Write.SET);
        });
        assertTrue(names.get("linear").matches("gemm \\d+x\\d+"), names::toString);
        assertTrue(names.get("matmul").matches("gemm \\d+x\\d+"), names::toString);
        assertEquals("loops", names.get("unary"));
    }
}
