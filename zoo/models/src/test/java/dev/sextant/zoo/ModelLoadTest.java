package dev.sextant.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Model;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Checkpoint;
import dev.sextant.nn.train.TrainState;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of the zoo's networks say what they are: `Model.load(file)` needs nothing else.
class ModelLoadTest {
    private static final float[] PIXELS = Philox.uniform(1, 1, 2 * 784, 0, 1);

    @TempDir
    Path folder;

    @Test
    void aModelFileAndATrainingCheckpointGiveTheSameModel() {
        Network network = Zoo.book("lenet-bn", "maxpool");
        var layer = network.initialize(Device.standard(), 3);
        var about = Map.of("net", "lenet-bn", "edition", "book", "variant", "maxpool");
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        Checkpoint.save(checkpoint, layer, Optimizer.sgd(0.1, 0.9, layer.parameters()), TrainState.START, 3, about);
        Model made = Model.of(layer, network.input());
        Path file = folder.resolve("model.safetensors");
        made.save(file, about);
        assertArrayEquals(made.predict(PIXELS), Model.load(file).predict(PIXELS));
        assertArrayEquals(made.predict(PIXELS), Model.load(checkpoint).predict(PIXELS));
        assertEquals(44_878, Model.load(file).parameterCount());
    }

    @Test
    void otherSizesStandInTheMetadata() {
        Network network = Zoo.create(Map.of("net", "lenet", "classes", 3, "inputSize", 32));
        Model made = Model.of(network.initialize(Device.standard(), 3), network.input());
        Path file = folder.resolve("model.safetensors");
        made.save(file, Map.of("net", "lenet", "classes", "3", "inputSize", "32"));
        Model loaded = Model.load(file);
        assertEquals(Shape.of(1, 32, 32), loaded.input());
        assertEquals(Shape.of(3), loaded.output());
    }

    @Test
    void filesThatLieAreRefused() {
        Model made = Model.of(Zoo.book("softmax", "book").initialize(Device.standard(), 3), Shape.of(1, 28, 28));
        Path file = folder.resolve("model.safetensors");
        made.save(file, Map.of("net", "softmax", "classes", "2000000000"));
        assertThrows(FormatException.class, () -> Model.load(file));
        made.save(file, Map.of("net", "softmax", "inputSize", "many"));
        assertTrue(assertThrows(FormatException.class, () -> Model.load(file)).getMessage().contains("\"many\""));
        made.save(file, Map.of("net", "softmax", "inputSize", "2147483647"));
        assertThrows(FormatException.class, () -> Model.load(file));
        made.save(file, Map.of("net", "softmax", "inputSize", "-1"));
        assertThrows(FormatException.class, () -> Model.load(file));
        made.save(file, Map.of("net", "lenet"));
        assertThrows(FormatException.class, () -> Model.load(file));
        made.save(file, Map.of("net", "lenett"));
        assertTrue(assertThrows(SextantException.class, () -> Model.load(file)).getMessage().contains("'lenett'"));
    }
}
