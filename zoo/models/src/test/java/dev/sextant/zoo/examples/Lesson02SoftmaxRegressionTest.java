package dev.sextant.zoo.examples;

import static dev.sextant.nn.Layers.linear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Model;
import dev.sextant.nn.Softmax;
import dev.sextant.nn.data.ArrayBatches;
import dev.sextant.nn.metrics.ConfusionMatrix;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// **Lesson:** softmax regression separates classes by straight lines, and its outputs, through softmax, are
/// probabilities.
class Lesson02SoftmaxRegressionTest {
    private static final float[][] CENTRES = {{0, 2}, {-2, -1}, {2, -1}};

    private static float[] points(int count, long seed) {
        float[] x = Philox.normal(seed, 0, 2 * count, 0, 0.5);
        for (int i = 0; i < count; i++) {
            x[2 * i] += CENTRES[i % 3][0];
            x[2 * i + 1] += CENTRES[i % 3][1];
        }
        return x;
    }

    private static int[] classes(int count) {
        int[] y = new int[count];
        for (int i = 0; i < count; i++) {
            y[i] = i % 3;
        }
        return y;
    }

    @Test
    void separatesThreeClouds() {
        Device device = Device.standard();
        var train = ArrayBatches.of(Shape.of(2), points(300, 1), classes(300), device).batch(30).shuffle(1);
        Layer layer = linear(3);
        layer.initialize(Shape.of(1, 2), device, 1);
        new Trainer(layer, Optimizer.sgd(0.1, layer.parameters()), Task.CLASSIFICATION, train, null, 1).run(10);

        Model model = Model.of(layer, Shape.of(2));
        NDArray scores = model.predict(NDArray.of(points(300, 2), Shape.of(300, 2), device));
        var matrix = new ConfusionMatrix(3);
        matrix.add(scores, NDArray.of(classes(300), Shape.of(300), device));
        assertTrue(matrix.accuracy() > 0.97, matrix.report(List.of("top", "left", "right")));

        float[] p = new Softmax(1).apply(Var.of(scores)).value().toFloats();
        assertEquals(1, p[0] + p[1] + p[2], 1e-6);
        assertTrue(p[0] > p[1] && p[0] > p[2], "the first point belongs to class 0");
    }
}
