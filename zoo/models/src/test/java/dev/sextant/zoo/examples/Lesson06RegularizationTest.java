package dev.sextant.zoo.examples;

import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.ArrayBatches;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Evaluation;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import org.junit.jupiter.api.Test;

/// **Lesson:** too few examples for the number of parameters. Weight decay and dropout fit the training examples less
/// well and new ones better.
class Lesson06RegularizationTest {
    private static final int INPUTS = 200;
    private static final Device DEVICE = Device.standard();

    /// `y = 0.05 + 0.01·Σx + noise`, as the book has it.
    private static ArrayBatches line(int count, long seed) {
        float[] x = Philox.normal(seed, 0, count * INPUTS, 0, 1);
        float[] y = Philox.normal(seed, 1, count, 0.05, 0.01);
        for (int i = 0; i < x.length; i++) {
            y[i / INPUTS] += 0.01f * x[i];
        }
        return ArrayBatches.of(Shape.of(INPUTS), x, y, DEVICE);
    }

    private record Fit(double train, double test, double squaredNorm) {
    }

    private static Fit fit(Layer model, OptimizerSpec rule, Task task, ArrayBatches train, ArrayBatches test,
            int epochs) {
        Shape in = train.epoch(0, 0).next().images().shape();
        model.initialize(in, DEVICE, 1);
        new Trainer(model, new Optimizer(rule, model.parameters()), task, train.batch(5).shuffle(1), null, 1)
                .run(epochs);
        double norm = 0;
        for (float w : model.parameters().values().iterator().next().value().toFloats()) {
            norm += w * w;
        }
        return new Fit(Evaluation.of(model, task, train).loss(), Evaluation.of(model, task, test).loss(), norm);
    }

    @Test
    void weightDecayKeepsWeightsSmall() {
        Fit off = fit(linear(1), new OptimizerSpec.Sgd(0.003, 0, 0, 0, false), Task.REGRESSION, line(20, 1),
                line(100, 2), 100);
        Fit on = fit(linear(1), new OptimizerSpec.Sgd(0.003, 0, 0, 3, false), Task.REGRESSION, line(20, 1),
                line(100, 2), 100);
        assertTrue(off.train < on.train, off + " against " + on);
        assertTrue(on.squaredNorm < off.squaredNorm / 10, off + " against " + on);
        assertTrue(on.test < off.test / 2, off + " against " + on);
    }

    /// Ten noise inputs beside the two that matter, and one label in eight wrong.
    private static ArrayBatches noisyRings(int count, long seed, boolean wrongLabels) {
        var batch = Rings.of(count, seed).epoch(0, 0).next();
        float[] points = batch.images().toFloats();
        int[] labels = batch.labels().toInts();
        float[] x = Philox.normal(seed, 9, count * 12, 0, 1);
        for (int i = 0; i < count; i++) {
            x[12 * i] = points[2 * i];
            x[12 * i + 1] = points[2 * i + 1];
            labels[i] = wrongLabels && i % 8 == 0 ? 1 - labels[i] : labels[i];
        }
        return ArrayBatches.of(Shape.of(12), x, labels, DEVICE);
    }

    @Test
    void dropoutNarrowsTheGapBetweenTrainingAndTest() {
        var rule = new OptimizerSpec.Adam(0.003, 0.9, 0.999, 1e-8, 0, false, false);
        Fit off = fit(sequence(linear(128), relu(), linear(128), relu(), linear(2)), rule, Task.CLASSIFICATION,
                noisyRings(160, 1, true), noisyRings(400, 2, false), 40);
        Fit on = fit(sequence(linear(128), relu(), dropout(0.5), linear(128), relu(), dropout(0.5), linear(2)), rule,
                Task.CLASSIFICATION, noisyRings(160, 1, true), noisyRings(400, 2, false), 40);
        assertTrue(off.train < on.train, off + " against " + on);
        assertTrue(on.test < off.test, off + " against " + on);
    }
}
