package dev.sextant.zoo;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParityTest {
    private static final Shape INPUT = Shape.of(2, 3, 8, 8);

    /// Same seed, same weights, whatever the settings.
    private static Layer net(double eps, int first, int second, boolean ceil) {
        var pool = ceil ? maxPool(3, 2, 0).ceil() : maxPool(3, 2, 0);
        Sequential net = sequence(conv(4, 1).stride(first), batchNorm().eps(eps), relu(),
                conv(5, 3).stride(second).pad(1), pool);
        net.initialize(INPUT, Device.ref(), 7);
        return net.eval();
    }

    private static NDArray input() {
        float[] x = new float[(int) INPUT.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(i);
        }
        return NDArray.of(x, INPUT, Device.ref());
    }

    private static Parity.Difference difference(Layer model) {
        Map<String, NDArray> stored = Parity.record(net(1e-3, 1, 2, true), input());
        return Parity.compare(model, input(), stored, 1e-5).orElseThrow();
    }

    @Test
    void theSameModelAgrees() {
        Map<String, NDArray> stored = Parity.record(net(1e-3, 1, 2, true), input());
        assertEquals(5, stored.size());
        assertEquals(Optional.empty(), Parity.compare(net(1e-3, 1, 2, true), input(), stored, 0));
    }

    @Test
    void anotherEps() {
        var d = difference(net(1e-5, 1, 2, true));
        assertEquals("1 (BatchNorm2d)", d.layer());
        assertTrue(d.cause().contains("eps"), d.toString());
    }

    @Test
    void theStrideInAnotherPlace() {
        var d = difference(net(1e-3, 2, 1, true));
        assertEquals("0 (Conv2d)", d.layer());
        assertTrue(d.cause().contains("stride") && Double.isNaN(d.error()), d.toString());
    }

    @Test
    void roundingOfPooling() {
        var d = difference(net(1e-3, 1, 2, false));
        assertEquals("4 (MaxPool2d)", d.layer());
        assertTrue(d.cause().contains("ceil"), d.toString());
    }

    @Test
    void trainingModeInsteadOfEvaluation() {
        assertEquals("1 (BatchNorm2d)", difference(net(1e-3, 1, 2, true).train()).layer());
    }
}
