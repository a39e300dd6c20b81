package dev.sextant.nn.train;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.BatchLoader;
import dev.sextant.nn.data.BatchOptions;
import dev.sextant.nn.data.ImageDataset;
import dev.sextant.nn.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The loop on a small problem: it learns, and a run that was stopped and resumed is the run that was not.
class TrainerTest {
    private static final Device DEVICE = Device.ref();
    private static final int EXAMPLES = 96;
    private static final int EPOCHS = 3;

    @TempDir
    Path folder;

    /// Images of 4×4 whose brighter half (left or right) is the class.
    private static ImageDataset data() {
        byte[] pixels = new byte[EXAMPLES * 16];
        int[] labels = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            labels[i] = i % 2;
            for (int p = 0; p < 16; p++) {
                boolean bright = p % 4 / 2 == labels[i];
                pixels[i * 16 + p] = (byte) ((bright ? 120 : 60) + 60 * Philox.uniform(3, i, p));
            }
        }
        return new ImageDataset(Shape.of(1, 4, 4), pixels, labels, List.of("left", "right"));
    }

    /// Everything that has state: batch norm, dropout, momentum.
    private static final class Run {
        final Layer model = sequence(flatten(), linear(16), batchNorm(), relu(), dropout(0.3), linear(2));
        final Optimizer optimizer;
        final Trainer trainer;
        final List<Progress> steps = new ArrayList<>();

        Run(long seed) {
            model.initialize(Shape.of(2, 1, 4, 4), DEVICE, seed);
            optimizer = new Optimizer(new OptimizerSpec.Sgd(0.1, 0.9, 0, 1e-4, false), model.parameters());
            trainer = new Trainer(model, optimizer, Task.CLASSIFICATION,
                    new BatchLoader(data(), BatchOptions.training(20, seed), DEVICE),
                    new BatchLoader(data(), BatchOptions.inOrder(32), DEVICE), seed);
            trainer.listen(new TrainingListener() {
                @Override
                public void onStep(Progress p) {
                    steps.add(p);
                }
            });
        }

        Map<String, List<Float>> parameters() {
            Map<String, List<Float>> all = new LinkedHashMap<>();
            model.state().forEach((name, a) -> {
                List<Float> values = new ArrayList<>();
                for (double v : a.toDoubles()) {
                    values.add((float) v);
                }
                all.put(name, values);
            });
            optimizer.state().forEach((name, a) -> {
                List<Float> values = new ArrayList<>();
                for (double v : a.toDoubles()) {
                    values.add((float) v);
                }
                all.put(name, values);
            });
            return all;
        }
    }

    @Test
    void learns() {
        var run = new Run(1);
        assertTrue(run.trainer.run(EPOCHS));
        EpochResult last = run.trainer.lastEpoch();
        assertTrue(last.testAccuracy() > 0.95, "test accuracy " + last.testAccuracy());
        assertEquals(EPOCHS, last.epoch());
        assertEquals(EPOCHS * 5, run.steps.size());
        assertEquals(5, run.steps.getFirst().stepsPerEpoch());
    }

    @Test
    void resumedAtAnyStepEqualsUninterrupted() {
        var whole = new Run(5);
        whole.trainer.run(EPOCHS);
        for (int stopAfter = 1; stopAfter < EPOCHS * 5; stopAfter += 3) {
            Path file = folder.resolve("at" + stopAfter);
            var first = new Run(5);
            int limit = stopAfter;
            first.trainer.checkpointTo(file, 1e9, Map.of()).listen(new TrainingListener() {
                @Override
                public void onStep(Progress p) {
                    if (p.globalStep() == limit) {
                        first.trainer.requestStop();
                    }
                }
            });
            assertFalse(first.trainer.run(EPOCHS));
            var second = new Run(5);
            second.trainer.resumeFrom(file);
            assertEquals(stopAfter, second.trainer.state().globalStep());
            assertTrue(second.trainer.run(EPOCHS));
            assertEquals(whole.parameters(), second.parameters(), "stopped after step " + stopAfter);
            for (int i = 0; i < second.steps.size(); i++) {
                Progress resumed = second.steps.get(i);
                Progress straight = whole.steps.get(stopAfter + i);
                assertEquals(straight.loss(), resumed.loss(), "bits of the running loss");
                assertEquals(straight.accuracy(), resumed.accuracy());
                assertEquals(straight.globalStep(), resumed.globalStep());
            }
        }
    }

    @Test
    void aCheckpointThatDoesNotFitChangesNothing() {
        Path file = folder.resolve("c");
        var run = new Run(1);
        run.trainer.checkpointTo(file, 1e9, Map.of()).run(1);
        Layer other = sequence(flatten(), linear(8), batchNorm(), relu(), dropout(0.3), linear(2));
        other.initialize(Shape.of(2, 1, 4, 4), DEVICE, 2);
        float[] before = other.parameters().get("1.weight").value().toFloats();
        var e = assertThrows(FormatException.class, () -> Checkpoint.load(file, other,
                Optimizer.sgd(0.1, other.parameters()), 1));
        assertTrue(e.getMessage().contains("1.weight should be [8, 16], but the file has [16, 16]"), e.getMessage());
        assertArrayEquals(before, other.parameters().get("1.weight").value().toFloats());
        var wrongSeed = assertThrows(FormatException.class, () -> new Run(2).trainer.resumeFrom(file));
        assertTrue(wrongSeed.getMessage().contains("--seed 1"), wrongSeed.getMessage());
    }
}
