package dev.sextant.zoo.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import dev.sextant.zoo.LinearRegression;
import org.junit.jupiter.api.Test;

/// **Lesson:** from noisy examples of `y = 2·x₁ − 3.4·x₂ + 4.2`, gradient descent finds 2, −3.4 and 4.2.
class Lesson01LinearRegressionTest {
    @Test
    void findsTheLineBehindTheData() {
        Device device = Device.standard();
        Layer model = LinearRegression.create();
        model.initialize(Shape.of(1, 2, 1, 1), device, 1);
        var trainer = new Trainer(model, Optimizer.sgd(0.03, model.parameters()), Task.REGRESSION,
                LinearRegression.data(10, 1, device), null, 1);
        trainer.run(3);
        float[] w = model.parameters().get("1.weight").value().toFloats();
        float b = model.parameters().get("1.bias").value().toFloats()[0];
        assertEquals(LinearRegression.TRUE_WEIGHTS[0], w[0], 0.01);
        assertEquals(LinearRegression.TRUE_WEIGHTS[1], w[1], 0.01);
        assertEquals(LinearRegression.TRUE_BIAS, b, 0.01);
        // What is left is the noise: its variance is 0.0001.
        assertTrue(trainer.lastEpoch().trainLoss() < 2e-4);
    }
}
