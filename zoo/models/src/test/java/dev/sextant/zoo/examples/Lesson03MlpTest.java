package dev.sextant.zoo.examples;

import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Evaluation;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import org.junit.jupiter.api.Test;

/// **Lesson:** a disc inside a ring. No straight line separates them; one hidden layer does, but only with an
/// activation: two linear layers in a row are one linear layer.
class Lesson03MlpTest {
    private static double accuracy(Layer model) {
        model.initialize(Shape.of(1, 2), Device.standard(), 3);
        new Trainer(model, Optimizer.adam(0.01, model.parameters()), Task.CLASSIFICATION,
                Rings.of(400, 1).batch(40).shuffle(1), null, 1).run(30);
        return Evaluation.of(model, Task.CLASSIFICATION, Rings.of(400, 2)).accuracy();
    }

    @Test
    void needsAHiddenLayerWithAnActivation() {
        double line = accuracy(linear(2));
        double twoLines = accuracy(sequence(linear(16), linear(2)));
        double mlp = accuracy(sequence(linear(16), relu(), linear(2)));
        assertTrue(line < 0.7, "linear: " + line);
        assertTrue(twoLines < 0.7, "linear, linear: " + twoLines);
        assertTrue(mlp > 0.95, "linear, relu, linear: " + mlp);
    }
}
