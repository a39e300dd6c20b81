package dev.sextant.nn.train;

import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints that are damaged or made to deceive: one clear error each, and neither model nor optimizer changed.
class HostileCheckpointTest {
    private static final Device DEVICE = Device.ref();
    private static final long SEED = 4;

    @TempDir
    Path folder;

    private Path good;
    private Layer model;
    private Optimizer optimizer;
    private List<float[]> before;

    private static Layer net(long seed) {
        Layer net = sequence(linear(3), relu(), linear(2));
        net.initialize(Shape.of(1, 2), DEVICE, seed);
        return net;
    }

    private static Optimizer stepped(Layer net) {
        var optimizer = Optimizer.sgd(0.1, 0.9, net.parameters());
        Var x = Var.of(NDArray.of(new float[] {1, 2}, Shape.of(1, 2), DEVICE));
        Reductions.sum(net.apply(x), false, 0, 1).backward();
        optimizer.step();
        return optimizer;
    }

    @BeforeEach
    void writeAGoodOneAndPrepareAnotherModel() {
        good = folder.resolve("good.safetensors");
        Layer saved = net(1);
        Checkpoint.save(good, saved, stepped(saved), TrainState.START, SEED, Map.of("net", "tiny"));
        model = net(2);
        optimizer = stepped(model);
        before = everything();
    }

    private List<float[]> everything() {
        List<float[]> all = new ArrayList<>();
        model.state().values().forEach(a -> all.add(a.toFloats()));
        optimizer.state().values().forEach(a -> all.add(a.toFloats()));
        all.add(new float[] {optimizer.steps()});
        return all;
    }

    private void assertUnchanged(String why) {
        List<float[]> now = everything();
        assertEquals(before.size(), now.size(), why);
        for (int i = 0; i < now.size(); i++) {
            assertArrayEquals(before.get(i), now.get(i), why);
        }
    }

    private void refused(Map<String, NDArray> arrays, Map<String, String> metadata, String... parts)
            throws IOException {
        Path bad = folder.resolve("bad.safetensors");
        SafeTensors.write(bad, arrays, metadata);
        var e = assertThrows(FormatException.class, () -> Checkpoint.load(bad, model, optimizer, SEED));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertUnchanged(e.getMessage());
    }

    private Map<String, NDArray> arrays() {
        return new LinkedHashMap<>(SafeTensors.readAll(good, DEVICE));
    }

    private Map<String, String> metadata() throws IOException {
        try (var in = SafeTensors.open(good)) {
            return new LinkedHashMap<>(in.metadata());
        }
    }

    @Test
    void aGoodOneLoads() {
        Checkpoint.load(good, model, optimizer, SEED);
        assertArrayEquals(SafeTensors.readAll(good, DEVICE).get("model.0.weight").toFloats(),
                model.parameters().get("0.weight").value().toFloats());
        assertArrayEquals(SafeTensors.readAll(good, DEVICE).get("optimizer.0.weight/momentum_buffer").toFloats(),
                optimizer.state().get("0.weight/momentum_buffer").toFloats());
    }

    @Test
    void everyMissingOrWrongFieldIsRefused() throws IOException {
        for (String key : metadata().keySet()) {
            if (!key.equals("net")) {
                var without = metadata();
                without.remove(key);
                refused(arrays(), without, "checkpoint");
                var wrong = metadata();
                wrong.put(key, "12x");
                refused(arrays(), wrong, "checkpoint");
            }
        }
    }

    @Test
    void tensorsThatDoNotFitAreRefusedBeforeAnythingChanges() throws IOException {
        NDArray odd = NDArray.of(new float[] {1}, Shape.of(1), DEVICE);
        NDArray ints = NDArray.of(new int[] {1, 2}, Shape.of(2), DEVICE);
        for (String name : arrays().keySet()) {
            var other = arrays();
            other.put(name, odd);
            refused(other, metadata(), name.substring(name.indexOf('.') + 1), "[1]");
        }
        var integers = arrays();
        integers.put("model.2.bias", ints);
        refused(integers, metadata(), "2.bias");
        var missing = arrays();
        missing.remove("model.2.bias");
        refused(missing, metadata(), "2.bias", "no such tensor");
        var more = arrays();
        more.put("model.3.bias", odd);
        refused(more, metadata(), "no place", "3.bias");
        var stranger = arrays();
        stranger.put("optimizer.3.bias/momentum_buffer", odd);
        refused(stranger, metadata(), "3.bias/momentum_buffer", "no such state");
    }

    @Test
    void randomDamageChangesNothingUnlessItLoads() throws IOException {
        byte[] original = Files.readAllBytes(good);
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = original.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
            Path bad = folder.resolve("bad.safetensors");
            Files.write(bad, Arrays.copyOf(damaged, length));
            try {
                Checkpoint.load(bad, model, optimizer, SEED);
                before = everything();
            } catch (FormatException e) {
                refused++;
                assertUnchanged(e.getMessage());
            }
        }
        assertTrue(refused > 500, "refused " + refused);
    }
}
