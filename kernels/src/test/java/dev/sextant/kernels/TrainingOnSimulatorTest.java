package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.nn.Layer;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Task;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The book's networks train on the simulated device, by our kernels alone. Small ones are held to the oracle; for the
/// larger ones, which take it minutes, the CPU's fast path stands in, which its own tests hold to the oracle. Images
/// are large enough that a batch norm sees several values per channel: of two it makes ±1, whatever they are, and
/// rounding then decides.
@OnSimulator
class TrainingOnSimulatorTest {
    private static final int STEPS = 3;

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
    }

    @ParameterizedTest
    @CsvSource({"softmax, 28, 8, ref", "mlp-dropout, 28, 8, ref", "lenet, 28, 4, ref", "lenet-bn, 28, 4, ref",
        "lenet5, 32, 4, ref", "googlenet, 32, 2, ref", "vgg11-small, 32, 2, simd", "resnet18, 48, 2, simd",
        "densenet, 64, 2, simd", "nin, 67, 2, simd", "alexnet, 67, 2, simd"})
    void lossesAreTheCpus(String net, int size, int batch, String cpu) {
        Device cuda = SimulatedDevice.fresh();
        double[] expected = losses(net, size, batch,
                cpu.equals("ref") ? Device.ref() : Device.simd(CpuSettings.defaults()));
        double[] actual = losses(net, size, batch, cuda);
        for (int step = 0; step < STEPS; step++) {
            assertEquals(expected[step], actual[step], 1e-4 * Math.abs(expected[step]),
                    net + ", step " + (step + 1) + ": " + Arrays.toString(expected) + Arrays.toString(actual));
        }
        assertTrue(expected[STEPS - 1] != expected[0], "the CPU learns nothing, so this shows nothing");
        assertEquals(0, SimulatedDevice.simulator().findings(),
                () -> SimulatedDevice.simulator().report().texts().toString());
    }

    private static double[] losses(String net, int size, int batch, Device device) {
        Network network = Zoo.create(Map.of("net", net, "inputSize", size, "growthRate", 8));
        Layer model = network.initialize(device, 5).train();
        Optimizer optimizer = Optimizer.sgd(0.01, 0.9, model.parameters());
        Shape shape = network.inputShape(batch);
        NDArray x = NDArray.of(Compare.values(3, shape.size()), shape, device);
        int[] labels = new int[batch];
        Arrays.setAll(labels, i -> (7 * i + 1) % network.classes());
        NDArray y = NDArray.of(labels, Shape.of(batch), device);
        double[] losses = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            losses[step] = step(model, optimizer, x, y);
        }
        return losses;
    }

    private static double step(Layer model, Optimizer optimizer, NDArray x, NDArray y) {
        try (var _ = Scope.open("step")) {
            Var loss = Task.CLASSIFICATION.loss(model.applyAll(Var.of(x)), y);
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }
}
