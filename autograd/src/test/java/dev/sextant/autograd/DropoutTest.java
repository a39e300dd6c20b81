package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Inverted dropout: what it keeps, what it drops, and that every device and layout draws the same mask.
class DropoutTest {
    private static final List<Device> DEVICES = List.of(Device.ref(), Device.standard(),
            Device.simd(CpuSettings.defaults().withThreads(3)));

    private static Var ones(Shape shape, Device device) {
        float[] values = new float[(int) shape.size()];
        Arrays.fill(values, 1);
        return Var.leaf(NDArray.of(values, shape, device));
    }

    /// Which elements survive.
    private static BitSet mask(DropoutSpec spec, NDArray x) {
        float[] y = Pointwise.dropout(spec, Var.of(x)).value().toFloats();
        var kept = new BitSet();
        for (int i = 0; i < y.length; i++) {
            kept.set(i, y[i] != 0);
        }
        return kept;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 0.9})
    void theExpectationStays(double p) {
        int n = 200_000;
        for (Device device : DEVICES) {
            float[] y = Pointwise.dropout(new DropoutSpec(p, 3, 5), ones(Shape.of(n), device)).value().toFloats();
            double mean = 0;
            for (float v : y) {
                assertTrue(v == 0 || Math.abs(v - 1 / (1 - p)) < 1e-5, () -> "a kept one is 1/(1 - p), not " + v);
                mean += v / n;
            }
            // Four standard deviations of the mean of n masks of variance p/(1 - p).
            assertEquals(1, mean, 4 * Math.sqrt(p / (1 - p) / n), device + ", p = " + p);
        }
    }

    @Test
    void droppedUnitsGetNoGradient() {
        for (Device device : DEVICES) {
            Var x = ones(Shape.of(64, 33), device);
            Var y = Pointwise.dropout(new DropoutSpec(0.4, 1, 2), x);
            // A gradient without a zero in it, so that every zero comes from the mask.
            Reductions.sum(Arithmetic.mul(y, 3), false).backward();
            float[] out = y.value().toFloats();
            float[] dx = x.grad().toFloats();
            int dropped = 0;
            for (int i = 0; i < out.length; i++) {
                assertEquals(3 * out[i], dx[i], 1e-5, "element " + i + " on " + device);
                dropped += out[i] == 0 ? 1 : 0;
            }
            assertTrue(dropped > 600 && dropped < 1090, "about 0.4 of 2112 elements, but " + dropped);
        }
    }

    @Test
    void everyDeviceAndLayoutDrawsTheSameMask() {
        var spec = new DropoutSpec(0.37, 42, 7);
        // More than one chunk of the threaded loops, and channels that do not fill their last block.
        Shape shape = Shape.of(3, 19, 21, 23);
        BitSet expected = mask(spec, ones(shape, Device.ref()).value());
        for (Device device : DEVICES) {
            NDArray x = ones(shape, device).value();
            assertEquals(expected, mask(spec, x), device + ", row-major");
            NDArray columns = ones(Shape.of(3, 19, 23, 21), device).value().transpose(2, 3);
            assertEquals(expected, mask(spec, columns), device + ", transposed");
            NDArray odd = ones(Shape.of(3, 19, 21, 47), device).value().slice(3, 1, 47, 2);
            assertEquals(expected, mask(spec, odd), device + ", every other column");
            if (device.name().equals("simd")) {
                NDArray blocked = NDArray.empty(shape, x.dtype(), Layout.Blocked.of(shape, 16, 1), device);
                device.kernels().copy(x, blocked, Write.SET);
                assertEquals(expected, mask(spec, blocked), device + ", blocked");
            }
        }
    }

    @Test
    void seedAndStreamChooseTheMask() {
        NDArray x = ones(Shape.of(1000), Device.standard()).value();
        BitSet mask = mask(new DropoutSpec(0.5, 1, 1), x);
        assertEquals(mask, mask(new DropoutSpec(0.5, 1, 1), x));
        assertNotEquals(mask, mask(new DropoutSpec(0.5, 2, 1), x));
        assertNotEquals(mask, mask(new DropoutSpec(0.5, 1, 2), x));
    }

    @Test
    void droppingNothingAndEverything() {
        for (Device device : DEVICES) {
            float[] values = {-2, 0.1f, Float.MIN_VALUE, 3e38f, Float.POSITIVE_INFINITY};
            Var x = Var.leaf(NDArray.of(values, Shape.of(5), device));
            Var same = Pointwise.dropout(new DropoutSpec(0, 1, 1), x);
            assertArrayEquals(values, same.value().toFloats(), "p = 0 changes no bit on " + device);
            Reductions.sum(same, false).backward();
            assertArrayEquals(new float[] {1, 1, 1, 1, 1}, x.grad().toFloats());
            x.clearGrad();
            Var none = Pointwise.dropout(new DropoutSpec(1, 1, 1), x);
            assertArrayEquals(new float[5], none.value().toFloats(),
                    "p = 1 leaves zeros, of infinity too, on " + device);
            Reductions.sum(none, false).backward();
            assertArrayEquals(new float[5], x.grad().toFloats());
            assertFalse(Float.isNaN(none.value().toFloats()[4]));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.5, Double.NaN})
    void aProbabilityOutsideItsRangeIsNamed(double p) {
        String message = assertThrows(ShapeException.class, () -> new DropoutSpec(p, 0, 0)).getMessage();
        assertTrue(message.contains("dropout") && message.contains("0..1") && message.contains(Double.toString(p)),
                message);
    }
}
