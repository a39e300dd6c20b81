package dev.sextant.nn.train;

import static dev.sextant.nn.Layers.linear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Model;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.optim.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What hangs on the training loop: early stopping, keeping the best, schedules and clipping.
class ListenersTest {
    private static final Device DEVICE = Device.standard();

    @TempDir
    Path folder;

    /// Four batches of `y = 2·x₁ − x₂`, the same every epoch.
    private static final BatchSource DATA = new BatchSource() {
        @Override
        public int steps() {
            return 4;
        }

        @Override
        public Iterator<Batch> epoch(int epoch, int fromStep) {
            return IntStream.range(fromStep, steps()).mapToObj(step -> {
                float[] x = Philox.normal(1, step, 16, 0, 1);
                float[] y = new float[8];
                for (int i = 0; i < 8; i++) {
                    y[i] = 2 * x[2 * i] - x[2 * i + 1];
                }
                return new Batch(epoch, step, NDArray.of(x, Shape.of(8, 2), DEVICE),
                        NDArray.of(y, Shape.of(8, 1), DEVICE));
            }).iterator();
        }
    };

    private static Layer model() {
        Layer model = linear(1);
        model.initialize(Shape.of(1, 2), DEVICE, 0);
        return model;
    }

    private static Trainer trainer(Layer model, Optimizer optimizer) {
        return new Trainer(model, optimizer, Task.REGRESSION, DATA, DATA, 0);
    }

    private static EpochResult epoch(int number, double testLoss) {
        return new EpochResult(number, 0, 0, testLoss, 0, 0, 0);
    }

    @Test
    void stopsWhenNothingGetsBetter() {
        Layer model = model();
        var trainer = trainer(model, Optimizer.sgd(0, model.parameters()));
        var stopping = new EarlyStopping(trainer, Watch.TEST_LOSS, 2, 0);
        trainer.listen(stopping);
        assertFalse(trainer.run(50), "a rate of 0 learns nothing");
        assertEquals(3, trainer.state().epoch());
        assertEquals(1, stopping.bestEpoch());
        assertThrows(SextantException.class, () -> new EarlyStopping(trainer, Watch.TEST_LOSS, 0, 0));
    }

    @Test
    void goesOnWhileItGetsBetter() {
        Layer model = model();
        var trainer = trainer(model, Optimizer.sgd(0.05, model.parameters()));
        var stopping = new EarlyStopping(trainer, Watch.TEST_LOSS, 2, 0);
        assertTrue(trainer.listen(stopping).run(6));
        assertEquals(6, stopping.bestEpoch());
    }

    @Test
    void keepsTheBestAndNotTheLast() {
        Layer model = model();
        Path file = folder.resolve("best.safetensors");
        var keep = new KeepBest(file, model, Watch.TEST_LOSS, Map.of("name", "line"), false);
        float[] best = {1, 2};
        model.parameter("weight").value().set(new float[] {9, 9});
        keep.onEpoch(epoch(1, Double.NaN));
        assertFalse(Files.exists(file), "NaN is better than nothing at all only when there is a number");
        keep.onEpoch(epoch(2, 0.5));
        model.parameter("weight").value().set(best);
        keep.onEpoch(epoch(3, 0.25));
        model.parameter("weight").value().set(new float[] {7, 7});
        keep.onEpoch(epoch(4, 0.3));
        keep.onEpoch(epoch(5, Double.NaN));
        assertEquals(0.25, keep.best());
        float[] kept = Model.load(file, linear(1), Shape.of(2), DEVICE).predict(new float[] {1, 0, 0, 1});
        assertEquals(1, kept[1] - kept[0], 1e-6);

        var resumed = new KeepBest(file, model, Watch.TEST_LOSS, Map.of(), true);
        assertEquals(0.25, resumed.best());
        assertThrows(FormatException.class, () -> new KeepBest(file, model, Watch.TEST_ACCURACY, Map.of(), true));
    }

    @Test
    void aScheduledTrainingResumesToTheSameBits() {
        Schedule schedule = Schedule.warmUp(3, 0.1, Schedule.cosine(10, 0).then(5, Schedule.step(1, 0.5).perEpoch(4)));
        Layer whole = model();
        trainer(whole, Optimizer.sgd(0.1, 0.9, whole.parameters())).schedule(schedule).clipNorm(1).run(5);

        Layer part = model();
        Path file = folder.resolve("checkpoint.safetensors");
        var first = trainer(part, Optimizer.sgd(0.1, 0.9, part.parameters())).schedule(schedule).clipNorm(1)
                .checkpointTo(file, 1e9, Map.of());
        first.run(2);
        Layer resumed = model();
        trainer(resumed, Optimizer.sgd(0.1, 0.9, resumed.parameters())).schedule(schedule).clipNorm(1)
                .resumeFrom(file).run(5);
        assertArrayEquals(whole.parameter("weight").value().toFloats(),
                resumed.parameter("weight").value().toFloats());
    }

    @Test
    void theScheduleSetsTheRateOfEveryStep() {
        Layer model = model();
        var optimizer = Optimizer.sgd(0.1, model.parameters());
        List<Double> rates = new ArrayList<>();
        trainer(model, optimizer).schedule(Schedule.step(1, 0.5).perEpoch(4)).listen(new TrainingListener() {
            @Override
            public void onStep(Progress p) {
                rates.add(optimizer.lr());
            }
        }).run(2);
        assertEquals(List.of(0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05), rates);
    }

    @Test
    void clippingLimitsAStep() {
        Layer model = model();
        float[] before = model.parameter("weight").value().toFloats();
        trainer(model, Optimizer.sgd(1, model.parameters())).clipNorm(1e-3).run(1);
        float[] after = model.parameter("weight").value().toFloats();
        assertTrue(Math.hypot(after[0] - before[0], after[1] - before[1]) <= 4.001e-3);
    }
}
