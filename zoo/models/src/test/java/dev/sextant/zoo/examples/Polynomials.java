package dev.sextant.zoo.examples;

import static dev.sextant.nn.Layers.linear;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.ArrayBatches;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Evaluation;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;

/// A cubic with noise, `y = 1 + 2·x − 3·x² + 4·x³ + ε` on −1 … 1, and polynomials of any degree fitted to it. The
/// features of an example are the Chebyshev polynomials `T₀(x) … T_d(x)` instead of powers: the same functions, but
/// gradient descent gets along with them.
final class Polynomials {
    static final double NOISE = 0.3;
    private static final int STEPS = 1500;

    private Polynomials() {
    }

    static ArrayBatches data(int count, int degree, long seed) {
        float[] x = Philox.uniform(seed, 0, count, -1, 1);
        float[] noise = Philox.normal(seed, 1, count, 0, NOISE);
        float[] features = new float[count * (degree + 1)];
        float[] y = new float[count];
        for (int i = 0; i < count; i++) {
            double v = x[i];
            y[i] = (float) (1 + 2 * v - 3 * v * v + 4 * v * v * v + noise[i]);
            for (int d = 0; d <= degree; d++) {
                features[i * (degree + 1) + d] = (float) Math.cos(d * Math.acos(v));
            }
        }
        return ArrayBatches.of(Shape.of(degree + 1), features, y, Device.standard());
    }

    /// Mean squared errors of a polynomial fitted to `train`, on `train` and on `other`.
    static double[] errors(ArrayBatches train, ArrayBatches other, int degree) {
        Layer model = linear(1).noBias().init(Init.constant(0), null);
        model.initialize(Shape.of(1, degree + 1), Device.standard(), 0);
        new Trainer(model, Optimizer.sgd(0.2, 0.9, model.parameters()), Task.REGRESSION, train, null, 0).run(STEPS);
        return new double[] {Evaluation.of(model, Task.REGRESSION, train).loss(),
            Evaluation.of(model, Task.REGRESSION, other).loss()};
    }
}
