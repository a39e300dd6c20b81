package dev.sextant.nn;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Inference: what comes out, that nothing leaks in or out, and that any number of threads may ask at once.
class ModelTest {
    private static final Shape INPUT = Shape.of(1, 12, 12);
    private static final Device DEVICE = Device.standard();
    private static final int STEPS = 12;
    private static final int INFERENCES = 100;

    @TempDir
    Path folder;

    private static Layer layers() {
        return sequence(conv(8, 3).pad(1), batchNorm(), relu(), maxPool(2), conv(16, 3), relu(), flatten(),
                dropout(0.5), linear(32), relu(), linear(4));
    }

    private static Layer initialized(long seed) {
        Layer layer = layers();
        layer.initialize(Shape.of(1, 1, 12, 12), DEVICE, seed);
        return layer;
    }

    private static float[] pixels(int examples, long stream) {
        return Philox.uniform(3, stream, Math.toIntExact(examples * INPUT.size()), 0, 1);
    }

    /// A few steps of training with dropout and batch norm; the parameters in the end.
    private static List<float[]> train(long seed) {
        Layer layer = initialized(seed);
        var optimizer = Optimizer.sgd(0.05, 0.9, layer.parameters());
        layer.train();
        for (int step = 0; step < STEPS; step++) {
            try (var _ = Scope.open("training step")) {
                Dropout.position(layer, seed, step);
                Var x = Var.of(NDArray.of(pixels(16, step), Shape.of(16, 1, 12, 12), DEVICE));
                int[] labels = new int[16];
                for (int i = 0; i < labels.length; i++) {
                    labels[i] = i % 4;
                }
                Var loss = Losses.crossEntropy(layer.apply(x), NDArray.of(labels, Shape.of(16), DEVICE));
                optimizer.zeroGrad();
                loss.backward();
                optimizer.step();
            }
        }
        return layer.state().values().stream().filter(a -> a.dtype() == DType.FLOAT32).map(NDArray::toFloats).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"virtual", "platform"})
    void twoTrainingsAndAHundredInferencesGiveTheBitsTheyGiveAlone(String kind) throws Exception {
        Model model = Model.of(initialized(9), INPUT);
        List<float[]> aloneScores = new ArrayList<>();
        for (int i = 0; i < INFERENCES; i++) {
            aloneScores.add(model.predict(pixels(1 + i % 5, 1000 + i)));
        }
        List<List<float[]>> aloneTrained = List.of(train(1), train(2));

        var start = new CountDownLatch(1);
        try (ExecutorService threads = kind.equals("virtual") ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newFixedThreadPool(12)) {
            List<Future<List<float[]>>> trainings = new ArrayList<>();
            for (long seed = 1; seed <= 2; seed++) {
                long s = seed;
                trainings.add(threads.submit(after(start, () -> train(s))));
            }
            List<Future<float[]>> inferences = new ArrayList<>();
            for (int i = 0; i < INFERENCES; i++) {
                int n = i;
                inferences.add(threads.submit(after(start, () -> model.predict(pixels(1 + n % 5, 1000 + n)))));
            }
            start.countDown();
            for (int i = 0; i < INFERENCES; i++) {
                assertArrayEquals(aloneScores.get(i), inferences.get(i).get(), "inference " + i);
            }
            for (int i = 0; i < 2; i++) {
                List<float[]> together = trainings.get(i).get();
                for (int p = 0; p < together.size(); p++) {
                    assertArrayEquals(aloneTrained.get(i).get(p), together.get(p), "training " + i + " array " + p);
                }
            }
        }
    }

    private static <T> Callable<T> after(CountDownLatch start, Callable<T> work) {
        return () -> {
            start.await();
            return work.call();
        };
    }

    @Test
    void arraysAndFloatsBatchesAndSinglesAgree() {
        Model model = Model.of(initialized(1), INPUT);
        assertEquals(Shape.of(4), model.output());
        float[] x = pixels(3, 0);
        float[] y = model.predict(x);
        NDArray batch = NDArray.of(x, Shape.of(3, 1, 12, 12), DEVICE);
        NDArray scores = model.predict(batch);
        assertEquals(Shape.of(3, 4), scores.shape());
        assertArrayEquals(y, scores.toFloats());
        NDArray one = model.predict(batch.narrow(0, 1, 1).reshape(1, 12, 12));
        assertEquals(Shape.of(4), one.shape());
        assertArrayEquals(new float[] {y[4], y[5], y[6], y[7]}, one.toFloats(), 1e-6f);
        NDArray elsewhere = NDArray.of(x, Shape.of(3, 1, 12, 12), Device.ref());
        assertArrayEquals(y, model.predict(elsewhere).toFloats());
    }

    @Test
    void resultsBelongToTheCallersScope() {
        Model model = Model.of(initialized(1), INPUT);
        NDArray x = NDArray.of(pixels(1, 0), Shape.of(1, 1, 12, 12), DEVICE);
        NDArray free = model.predict(x);
        NDArray scoped;
        try (var _ = Scope.open("caller")) {
            scoped = model.predict(x);
            assertArrayEquals(free.toFloats(), scoped.toFloats());
        }
        assertThrows(SextantException.class, scoped::toFloats);
    }

    @Test
    void aChangedLayerIsNoticed() {
        Layer layer = initialized(1);
        Model model = Model.of(layer, INPUT);
        assertFalse(layer.isTraining());
        layer.parameters().get("0.bias").value().fill(1);
        var e = assertThrows(SextantException.class, () -> model.predict(pixels(1, 0)));
        assertTrue(e.getMessage().contains("changed after Model.of"), e.getMessage());

        Layer other = initialized(1);
        Model trained = Model.of(other, INPUT);
        other.train();
        assertTrue(assertThrows(SextantException.class, () -> trained.predict(pixels(1, 0))).getMessage()
                .contains("training mode"));
    }

    @Test
    void savedAndLoadedGivesTheSameBits() {
        Model model = Model.of(initialized(5), INPUT);
        Path file = folder.resolve("model.safetensors");
        model.save(file, Map.of("made", "by hand"));
        Model loaded = Model.load(file, layers(), INPUT, DEVICE);
        assertArrayEquals(model.predict(pixels(2, 0)), loaded.predict(pixels(2, 0)));
        assertEquals(model.parameterCount(), loaded.parameterCount());
        var e = assertThrows(FormatException.class, () -> Model.load(file));
        assertTrue(e.getMessage().contains("by hand") && e.getMessage().contains("ModelFactory"), e.getMessage());
    }

    @Test
    void filesThatDoNotFitAreRefusedBeforeMemoryIsTaken() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Model.of(initialized(5), INPUT).save(file, Map.of());
        var big = assertThrows(FormatException.class, () -> Model.load(file,
                sequence(flatten(), linear(1 << 30), linear(4)), INPUT, DEVICE));
        assertTrue(big.getMessage().contains("parameters"), big.getMessage());
        var other = assertThrows(FormatException.class, () -> Model.load(file, sequence(flatten(), linear(4)), INPUT,
                DEVICE));
        assertTrue(other.getMessage().contains("1.weight"), other.getMessage());
        var fewer = assertThrows(FormatException.class, () -> Model.load(file, sequence(conv(8, 3)), INPUT, DEVICE));
        assertTrue(fewer.getMessage().contains("no place") && fewer.getMessage().contains("10.bias"),
                fewer.getMessage());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThrows(FormatException.class, () -> Model.load(file, layers(), INPUT, DEVICE));
        assertThrows(SextantException.class, () -> Model.load(folder.resolve("absent"), layers(), INPUT, DEVICE));
    }

    @Test
    void wrongInputsAreNamed() {
        Model model = Model.of(initialized(1), INPUT);
        var count = assertThrows(ShapeException.class, () -> model.predict(new float[145]));
        assertTrue(count.getMessage().contains("145") && count.getMessage().contains("144"), count.getMessage());
        assertThrows(ShapeException.class, () -> model.predict(new float[0]));
        NDArray wide = NDArray.zeros(Shape.of(1, 1, 12, 13), DType.FLOAT32, DEVICE);
        var shape = assertThrows(ShapeException.class, () -> model.predict(wide));
        assertTrue(shape.getMessage().contains("[1, 1, 12, 13]") && shape.getMessage().contains("[1, 12, 12]"),
                shape.getMessage());
        NDArray ints = NDArray.zeros(Shape.of(1, 1, 12, 12), DType.INT32, DEVICE);
        assertThrows(DTypeException.class, () -> model.predict(ints));
        assertThrows(ShapeException.class, () -> Model.of(initialized(1), Shape.of(2, 12, 12)));
    }
}
