package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec.Kind;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every rung of the convolution ladder: equal to the oracle in all three directions, and clean under the tracer.
@OnSimulator
class ConvLadderTest {
    private static final Conv2dSpec STRIDED = new Conv2dSpec(new Pair(2, 1), new Pair(1, 2), new Pair(1, 2), 2,
            UnarySpec.RELU);

    private record Geometry(Conv2dSpec spec, Shape x, Shape w) {
    }

    private static final List<Geometry> GEOMETRIES = List.of(
            new Geometry(Conv2dSpec.of(1, 1), Shape.of(2, 3, 7, 9), Shape.of(5, 3, 3, 3)),
            new Geometry(Conv2dSpec.of(1, 0), Shape.of(1, 1, 3, 3), Shape.of(1, 1, 3, 3)),
            new Geometry(Conv2dSpec.of(1, 2), Shape.of(3, 2, 4, 5), Shape.of(66, 2, 3, 3)),
            new Geometry(Conv2dSpec.of(2, 2), Shape.of(2, 1, 12, 11), Shape.of(6, 1, 5, 5)),
            new Geometry(STRIDED, Shape.of(2, 6, 9, 8), Shape.of(4, 3, 3, 2)),
            new Geometry(Conv2dSpec.of(1, 0), Shape.of(2, 9, 5, 4), Shape.of(7, 9, 1, 1)),
            new Geometry(new Conv2dSpec(Pair.of(1), new Pair(0, 2), Pair.of(1), 1, UnarySpec.IDENTITY),
                    Shape.of(2, 2, 6, 5), Shape.of(3, 2, 3, 3)),
            // More input channels than a tile has rows, and more outputs than a block has threads.
            new Geometry(Conv2dSpec.of(1, 1), Shape.of(1, 70, 3, 4), Shape.of(3, 70, 3, 3)),
            new Geometry(new Conv2dSpec(Pair.of(3), Pair.of(0), Pair.of(1), 1, UnarySpec.IDENTITY),
                    Shape.of(3, 1, 25, 22), Shape.of(1, 1, 2, 2)));

    private Device cuda;

    @AfterEach
    void bestAgain() {
        ((CudaBackend) cuda.backend()).useConvolution(null);
        ((CudaBackend) cuda.backend()).limitPatches(256L << 20);
    }

    /// Batches whose patches do not fit at once are done in parts, here of two images and one.
    /// Both im2col, for the output and the filter, in two parts; Winograd, for the output and the input, image by image.
    @ParameterizedTest
    @CsvSource({"IM2COL, im2col, 8", "WINOGRAD, winograd_input, 12"})
    void workspacesAreUsedInParts(ConvAlgorithm algorithm, String kernel, int launches) {
        cuda = SimulatedDevice.traced();
        ((CudaBackend) cuda.backend()).useConvolution(algorithm);
        var g = new Geometry(Conv2dSpec.of(1, 1), Shape.of(3, 2, 4, 5), Shape.of(4, 2, 3, 3));
        ((CudaBackend) cuda.backend()).limitPatches(2 * 4L * 2 * 9 * 4 * 5 + 3);
        for (Write write : Write.values()) {
            NDArray[] expected = run(Device.ref(), g, g.spec.outputShape(g.x, g.w), write);
            NDArray[] actual = run(cuda, g, g.spec.outputShape(g.x, g.w), write);
            for (int i = 0; i < expected.length; i++) {
                Compare.close(expected[i], actual[i], 80, "in parts, result " + i + " " + write);
            }
        }
        assertEquals(launches, SimulatedDevice.simulator().report().launches().get(kernel));
        assertEquals(0, SimulatedDevice.simulator().findings());
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheOracle(ConvAlgorithm algorithm) {
        cuda = SimulatedDevice.fresh();
        check(algorithm);
    }

    @ParameterizedTest
    @EnumSource
    void isCleanUnderTheTracer(ConvAlgorithm algorithm) {
        cuda = SimulatedDevice.traced();
        check(algorithm);
    }

    /// Fewer threads than elements, as for more than a million of them.
    @ParameterizedTest
    @EnumSource
    void walksTheElementsInStridesOfTheGrid(ConvAlgorithm algorithm) {
        cuda = SimulatedDevice.traced();
        ((CudaBackend) cuda.backend()).limitGrid(1);
        check(algorithm);
    }

    /// Gradients are written into views as into dense arrays.
    @ParameterizedTest
    @EnumSource
    void gradientsGoIntoViews(Write write) {
        cuda = SimulatedDevice.traced();
        Shape x = Shape.of(2, 4, 5, 6);
        Shape w = Shape.of(3, 4, 2, 3);
        var spec = Conv2dSpec.of(1, 1);
        NDArray[] expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray dz = array(1, spec.outputShape(x, w), device);
            NDArray[] whole = {array(2, Shape.of(2, 4, 5, 8), device), array(3, Shape.of(3, 4, 2, 6), device),
                array(4, Shape.of(3, 2), device)};
            var kernels = device.kernels();
            kernels.conv2dBackwardData(spec, dz, array(5, w, device), new Target(whole[0].narrow(3, 1, 6), write));
            kernels.conv2dBackwardFilter(spec, dz, array(6, x, device), new Target(whole[1].slice(3, 1, 6, 2), write));
            kernels.conv2dBackwardBias(spec, dz, new Target(whole[2].narrow(1, 1, 1).reshape(3), write));
            for (int i = 0; expected != null && i < whole.length; i++) {
                Compare.close(expected[i], whole[i], 100, "gradient " + i + " " + write);
            }
            expected = whole;
        }
        assertEquals(0, SimulatedDevice.simulator().findings());
    }

    private static NDArray array(int seed, Shape shape, Device device) {
        return NDArray.of(Compare.values(seed, shape.size()), shape, device);
    }

    /// Every activation that is fused, at both sides of its corners and for what is no number.
    @ParameterizedTest
    @MethodSource("activations")
    void fusesTheActivation(UnarySpec activation) {
        cuda = SimulatedDevice.fresh();
        float[] values = {-9, -1.5f, -1, -0.6f, -0.2f, 0, 0.2f, 0.6f, 1, 1.5f, 2, 9, Float.NaN,
            Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[][] results = new float[2][];
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray y = NDArray.empty(Shape.of(values.length, 1), DType.FLOAT32, device);
            device.kernels().linear(new LinearSpec(activation), NDArray.of(values, Shape.of(values.length, 1), device),
                    NDArray.of(new float[] {1}, Shape.of(1, 1), device), null, y);
            results[device == cuda ? 1 : 0] = y.toFloats();
        }
        assertArrayEquals(results[0], results[1], 1e-6f);
    }

    static List<UnarySpec> activations() {
        return List.of(UnarySpec.RELU, UnarySpec.SIGMOID, UnarySpec.TANH, UnarySpec.RELU6,
                new UnarySpec(Kind.SCALED_TANH, 1.7159, 2.0 / 3), new UnarySpec(Kind.HARDTANH, -0.5, 1.25));
    }

    private void check(ConvAlgorithm algorithm) {
        ((CudaBackend) cuda.backend()).useConvolution(algorithm);
        for (Geometry g : GEOMETRIES) {
            Shape y = g.spec.outputShape(g.x, g.w);
            for (Write write : Write.values()) {
                NDArray[] expected = null;
                for (Device device : new Device[] {Device.ref(), cuda}) {
                    NDArray[] results = run(device, g, y, write);
                    if (expected == null) {
                        expected = results;
                    } else {
                        for (int i = 0; i < results.length; i++) {
                            Compare.close(expected[i], results[i], g.w.size() + y.size(),
                                    algorithm + " " + g + " result " + i + " " + write);
                        }
                    }
                }
            }
        }
        var simulator = SimulatedDevice.simulator();
        assertEquals(0, simulator.findings(), () -> algorithm + ": " + simulator.report().texts());
    }

    private static NDArray[] run(Device device, Geometry g, Shape y, Write write) {
        NDArray x = NDArray.of(Compare.values(1, g.x.size()), g.x, device);
        NDArray w = NDArray.of(Compare.values(2, g.w.size()), g.w, device);
        NDArray dz = NDArray.of(Compare.values(3, y.size()), y, device);
        NDArray bias = NDArray.of(Compare.values(4, g.w.dim(0)), Shape.of(g.w.dim(0)), device);
        NDArray out = NDArray.of(Compare.values(5, y.size()), y, device);
        NDArray dx = NDArray.of(Compare.values(6, g.x.size()), g.x, device);
        NDArray dw = NDArray.of(Compare.values(7, g.w.size()), g.w, device);
        NDArray dbias = NDArray.of(Compare.values(8, g.w.dim(0)), Shape.of(g.w.dim(0)), device);
        var kernels = device.kernels();
        kernels.conv2d(g.spec, x, w, bias, out);
        kernels.conv2dBackwardData(g.spec, dz, w, new Target(dx, write));
        kernels.conv2dBackwardFilter(g.spec, dz, x, new Target(dw, write));
        kernels.conv2dBackwardBias(g.spec, dz, new Target(dbias, write));
        return new NDArray[] {out, dx, dw, dbias};
    }

    /// The transforms of F(2×2, 3×3) cost accuracy; the documented bound is 2⁻¹⁷ of the largest result.
    @Test
    void winogradStaysInsideItsBound() {
        cuda = SimulatedDevice.fresh();
        ((CudaBackend) cuda.backend()).useConvolution(ConvAlgorithm.WINOGRAD);
        Shape xs = Shape.of(1, 48, 14, 14);
        Shape ws = Shape.of(32, 48, 3, 3);
        var spec = Conv2dSpec.of(1, 1);
        float[][] results = new float[2][];
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray y = NDArray.zeros(spec.outputShape(xs, ws), DType.FLOAT32, device);
            device.kernels().conv2d(spec, NDArray.of(Compare.values(1, xs.size()), xs, device),
                    NDArray.of(Compare.values(2, ws.size()), ws, device), null, y);
            results[device == cuda ? 1 : 0] = y.toFloats();
        }
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < results[0].length; i++) {
            largest = Math.max(largest, Math.abs(results[0][i]));
            worst = Math.max(worst, Math.abs(results[0][i] - results[1][i]));
        }
        double share = worst / largest;
        assertTrue(share < 0x1p-17, () -> "worst difference " + share + " of the largest result");
        assertEquals("own-winograd", cuda.backend().algorithm(spec, NDArray.of(Compare.values(1, xs.size()), xs, cuda),
                NDArray.of(Compare.values(2, ws.size()), ws, cuda)));
    }
}
