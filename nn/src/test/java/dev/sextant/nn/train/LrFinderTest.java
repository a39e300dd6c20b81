package dev.sextant.nn.train;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.data.ArrayBatches;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LrFinderTest {
    private static final OptimizerSpec SGD = new OptimizerSpec.Sgd(1, 0, 0, 0, false);

    /// Points around two centres, one per class.
    private static ArrayBatches data() {
        float[] x = Philox.normal(1, 1, 512, 0, 1);
        int[] labels = new int[256];
        for (int i = 0; i < 256; i++) {
            labels[i] = i % 2;
            x[2 * i] += i % 2 == 0 ? 2 : -2;
        }
        return ArrayBatches.of(Shape.of(2), x, labels, Device.ref()).batch(32).shuffle(1);
    }

    @Test
    void ratesRiseTheLossFallsAndTheModelIsAsBefore() {
        var net = sequence(linear(16), batchNorm(), relu(), dropout(0.2), linear(2));
        net.initialize(Shape.of(1, 2), Device.ref(), 3);
        Map<String, float[]> before = new HashMap<>();
        net.state().forEach((name, a) -> {
            if (a.dtype().isFloating()) {
                before.put(name, a.toFloats());
            }
        });
        var found = LrFinder.run(net, SGD, Task.CLASSIFICATION, data(), 1e-4, 10, 60, 1);
        var points = found.points();
        assertEquals(1e-4, points.getFirst().lr(), 1e-12);
        for (int i = 1; i < points.size(); i++) {
            assertEquals(Math.pow(10 / 1e-4, 1.0 / 59), points.get(i).lr() / points.get(i - 1).lr(), 1e-9);
        }
        double least = points.stream().mapToDouble(LrFinder.Point::loss).min().orElseThrow();
        assertTrue(least < 0.7 * points.getFirst().loss(), points.toString());
        double suggestion = found.suggestion();
        assertTrue(suggestion > 1e-3 && suggestion < 5, "suggested " + suggestion);
        before.forEach((name, values) -> assertArrayEquals(values, net.state().get(name).toFloats(), name));
    }

    /// A regression by plain SGD diverges for certain where the rate is above 2 over the largest curvature.
    @Test
    void anExplosionEndsIt() {
        float[] x = Philox.normal(5, 1, 64, 0, 3);
        float[] y = new float[64];
        for (int i = 0; i < 64; i++) {
            y[i] = 2 * x[i] + 1;
        }
        var net = sequence(linear(1));
        net.initialize(Shape.of(1, 1), Device.ref(), 1);
        var found = LrFinder.run(net, SGD, Task.REGRESSION, ArrayBatches.of(Shape.of(1), x, y, Device.ref()), 1e-4, 1e4,
                200, 0);
        assertTrue(found.points().size() < 190, found.points().size() + " steps");
        assertTrue(found.points().getLast().lr() > 0.05, "the curvature is about 20");
    }

    @Test
    void theSuggestionIsTheSteepestPlace() {
        var points = List.of(new LrFinder.Point(0.001, 2.3), new LrFinder.Point(0.01, 2.2),
                new LrFinder.Point(0.1, 1.5), new LrFinder.Point(1, 0.7), new LrFinder.Point(10, 0.8));
        assertEquals(0.1, new LrFinder(points).suggestion());
        assertTrue(Double.isNaN(new LrFinder(List.of(points.getFirst())).suggestion()));
    }

    @Test
    void impossibleRangesAreRefused() {
        var net = sequence(linear(2));
        net.initialize(Shape.of(1, 2), Device.ref(), 1);
        assertThrows(SextantException.class,
                () -> LrFinder.run(net, SGD, Task.CLASSIFICATION, data(), 1, 0.1, 50, 0));
        assertThrows(SextantException.class,
                () -> LrFinder.run(net, SGD, Task.CLASSIFICATION, data(), 0.1, 1, 5, 0));
    }
}
