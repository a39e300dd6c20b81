package dev.sextant.zoo;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Model;
import dev.sextant.nn.optim.Optimizer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A training step or an inference that repeats the sizes of the one before takes no arrays from the heap: what is left
/// are small objects.
class SteadyStateTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long PATIENCE = 120_000_000_000L;
    private static final int STEPS = 10;

    @Test
    void lenet() {
        // One activation of the first layer alone is 600 kB.
        assertAllocates(LeNet.create(10), Shape.of(32, 1, 28, 28), 200_000);
    }

    @Test
    void residualNetwork() {
        Layer net = sequence(conv(32, 3).pad(1), batchNorm(), relu(), maxPool(2), new Residual(32, false, 1),
                new Residual(64, true, 2), globalAvgPool(), flatten(), linear(10));
        // One activation of the first layer alone is 2 MB.
        assertAllocates(net, Shape.of(16, 1, 32, 32), 500_000);
    }

    @Test
    void inferenceOfOneImage() {
        Layer net = LeNet.create(10);
        net.initialize(Shape.of(1, 1, 28, 28), Device.simd(CpuSettings.defaults().withThreads(2)), 1);
        Model model = Model.of(net, Shape.of(1, 28, 28));
        float[] image = new float[28 * 28];
        // One activation of the first layer alone is 19 kB.
        assertAllocates(() -> model.predict(image), 100, 12_000);
    }

    private static void assertAllocates(Layer net, Shape x, long most) {
        Device device = Device.simd(CpuSettings.defaults().withThreads(2));
        net.initialize(x, device, 1);
        var optimizer = Optimizer.sgd(0.1, net.parameters());
        float[] pixels = new float[(int) x.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 97 / 97f;
        }
        NDArray images = NDArray.of(pixels, x, device);
        NDArray labels = NDArray.of(new int[x.dim(0)], Shape.of(x.dim(0)), device);
        assertAllocates(() -> step(net, optimizer, images, labels), STEPS, most);
    }

    private static void assertAllocates(Runnable step, int steps, long most) {
        // Vectors are objects until the compiler has seen their loops often enough, which takes a while.
        long end = System.nanoTime() + PATIENCE;
        long perStep;
        do {
            long before = allocated();
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            perStep = (allocated() - before) / steps;
        } while (perStep > most && System.nanoTime() < end);
        assertTrue(perStep <= most, "a step allocates " + perStep + " bytes; at most " + most + " were agreed on");
    }

    private static void step(Layer net, Optimizer optimizer, NDArray images, NDArray labels) {
        try (var _ = Scope.open()) {
            Var loss = Losses.crossEntropy(CrossEntropySpec.MEAN, net.apply(Var.of(images)), labels, null);
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
        }
    }

    /// Bytes that all threads have allocated, those of the workers included.
    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())).filter(b -> b > 0).sum();
    }
}
