package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two trainings and many inferences at once in one JVM, all wanting the same worker threads, give the bits that each
/// gives alone: a caller that finds the workers busy computes by itself, in the same order.
class ConcurrentTrainingsTest {
    private static final int STEPS = 12;

    private static NDArray numbers(long seed, Device device, int... dims) {
        var random = new SplittableRandom(seed);
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.3, 0.3);
        }
        return NDArray.of(values, shape, device);
    }

    /// Two convolutions, one row-major and one in the layout for many channels, and a classifier.
    private static final class Net {
        final Device device;
        final List<Var> weights;

        Net(long seed, Device device) {
            this.device = device;
            weights = List.of(Var.leaf(numbers(seed, device, 32, 1, 3, 3)),
                    Var.leaf(numbers(seed + 1, device, 32, 32, 3,
                            3)),
                    Var.leaf(numbers(seed + 2, device, 10, 32 * 4 * 4)));
        }

        Var scores(NDArray images) {
            var conv = Conv2dSpec.of(1, 1).with(UnarySpec.RELU);
            Var x = Convolution.conv2d(conv, Var.of(images), weights.get(0), null);
            x = Pooling.pool2d(Pool2dSpec.max(2, 2, 0), x);
            x = Convolution.conv2d(conv, x, weights.get(1), null);
            x = Pooling.pool2d(Pool2dSpec.max(2, 2, 0), x);
            return Linear.linear(LinearSpec.PLAIN, Shaping.flatten(x), weights.get(2), null);
        }

        /// Every weight after some steps of gradient descent.
        List<float[]> train(long seed) {
            int[] labels = {1, 2, 3, 4, 5, 6, 7, 8};
            for (int step = 0; step < STEPS; step++) {
                try (var _ = Scope.open("step")) {
                    NDArray images = numbers(seed + step, device, 8, 1, 16, 16);
                    Losses.crossEntropy(scores(images), NDArray.of(labels, Shape.of(8), device)).backward();
                    for (Var w : weights) {
                        var update = Arithmetic.sub(Var.of(w.value()), Arithmetic.mul(Var.of(w.grad()), 0.1));
                        w.value().set(update.value());
                        w.clearGrad();
                    }
                }
            }
            return weights.stream().map(w -> w.value().toFloats()).toList();
        }

        float[] infer(long seed) {
            try (var _ = Scope.open("inference"); var _ = GradMode.off()) {
                return scores(numbers(seed, device, 3, 1, 16, 16)).value().toFloats();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theBitsAreThoseOfEachAlone(int threads) throws Exception {
        Device device = Device.simd(CpuSettings.defaults().withThreads(threads));
        var alone = List.of(new Net(1, device).train(100), new Net(2, device).train(200));
        var trained = new Net(3, device);
        List<float[]> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(trained.infer(1000 + i));
        }
        var together = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(6)) {
            List<Future<List<float[]>>> trainings = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int which = t + 1;
                trainings.add(pool.submit(started(together, () -> new Net(which, device).train(100L * which))));
            }
            List<Future<float[]>> inferences = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int which = i;
                inferences.add(pool.submit(started(together, () -> trained.infer(1000 + which))));
            }
            together.countDown();
            for (int t = 0; t < 2; t++) {
                List<float[]> weights = trainings.get(t).get();
                for (int w = 0; w < weights.size(); w++) {
                    assertArrayEquals(alone.get(t).get(w), weights.get(w), "training " + t + ", weight " + w);
                }
            }
            for (int i = 0; i < 100; i++) {
                assertArrayEquals(answers.get(i), inferences.get(i).get(), "inference " + i);
            }
        }
        assertTrue(alone.get(0).get(0)[0] != alone.get(1).get(0)[0], "two different trainings");
    }

    private static <T> Callable<T> started(CountDownLatch latch, Callable<T> body) {
        return () -> {
            latch.await();
            return body.call();
        };
    }
}
