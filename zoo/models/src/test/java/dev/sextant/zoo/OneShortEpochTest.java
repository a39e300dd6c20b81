package dev.sextant.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.Augmentation;
import dev.sextant.nn.data.BatchLoader;
import dev.sextant.nn.data.BatchOptions;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import dev.sextant.nn.train.TrainingListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Every network of the book learns something in one short epoch of small images: by its last quarter the loss has
/// fallen below that of guessing among ten classes, ln 10, by at least 0.3. A training that silently does nothing (no
/// gradient, no update, labels that belong to other images) stays there.
class OneShortEpochTest {
    private static final double BOUND = Math.log(10) - 0.3;

    /// Net, variant, image size, images, batch, optimizer, learning rate, seed. Sizes are near the smallest that the
    /// networks take. With plain SGD, AlexNet, VGG, NiN and GoogLeNet stay on their first plateau for longer than so
    /// short an epoch; Adam leaves it with these seeds.
    static final List<String> TRAININGS = List.of(
            "softmax, book, 28, 1000, 50, sgd, 0.1, 0",
            "mlp, book, 28, 1000, 50, sgd, 0.1, 0",
            "mlp-dropout, book, 28, 2000, 50, sgd, 0.1, 0",
            "lenet, book, 28, 20000, 50, sgd, 0.9, 0",
            "lenet, no-second-sigmoid, 28, 6000, 50, sgd, 0.9, 0",
            "lenet, maxpool, 28, 20000, 50, sgd, 0.9, 0",
            "lenet-bn, book, 28, 1000, 50, sgd, 1.0, 0",
            "lenet-bn, maxpool, 28, 1000, 50, sgd, 1.0, 0",
            "lenet5, book, 32, 2000, 50, sgd, 0.1, 0",
            "alexnet, book, 67, 500, 10, adam, 0.0005, 0",
            "vgg11-small, book, 32, 600, 10, adam, 0.0005, 0",
            "nin, book, 67, 1000, 10, adam, 0.0003, 1",
            "googlenet, book, 32, 600, 10, adam, 0.0005, 0",
            "resnet18, book, 32, 300, 10, sgd, 0.01, 0",
            "densenet, book, 32, 300, 10, sgd, 0.05, 0");

    @ParameterizedTest
    @FieldSource("TRAININGS")
    void learns(String training) {
        String[] t = training.split(", ");
        int size = Integer.parseInt(t[2]);
        int images = Integer.parseInt(t[3]);
        int batch = Integer.parseInt(t[4]);
        double lr = Double.parseDouble(t[6]);
        long seed = Long.parseLong(t[7]);
        Layer model = Zoo.create(Map.of("net", t[0], "variant", t[1], "inputSize", size))
                .initialize(Device.standard(), seed);
        var optimizer = t[5].equals("sgd") ? Optimizer.sgd(lr, model.parameters())
                : Optimizer.adam(lr, model.parameters());
        var centred = Augmentation.none().normalize(new float[] {0.5f}, new float[] {0.25f});
        int steps = images / batch;
        double[] lossSums = new double[steps + 1];
        try (var train = new BatchLoader(Stripes.images(images),
                BatchOptions.training(batch, seed).withImageSize(size).withAugmentation(centred), Device.standard())) {
            new Trainer(model, optimizer, Task.CLASSIFICATION, train, null, seed).listen(new TrainingListener() {
                @Override
                public void onStep(Progress p) {
                    lossSums[p.step()] = p.loss() * p.step();
                }
            }).run(1);
        }
        double last = (lossSums[steps] - lossSums[steps - steps / 4]) / (steps / 4);
        assertTrue(last < BOUND, "loss over the last quarter: " + last);
    }

    /// Full VGG-11 is the same code as the divided one, and far larger.
    @Test
    void noNetworkIsForgotten() {
        var trained = TRAININGS.stream().map(t -> t.substring(0, t.indexOf(','))).collect(Collectors.toSet());
        trained.addAll(List.of("linear", "vgg11"));
        assertEquals(Set.copyOf(Zoo.names()), trained);
    }
}
