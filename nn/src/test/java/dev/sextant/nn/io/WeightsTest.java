package dev.sextant.nn.io;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.Sequential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir
    private Path folder;

    private static final Shape INPUT = Shape.of(1, 2, 4, 4);

    private static Sequential net(int classes) {
        var net = sequence().add("features", sequence().add("denselayer1", sequence().add("norm1", batchNorm())
                .add("conv1", conv(3, 1).noBias()))).add("fc", linear(classes).flatten());
        net.declare(INPUT);
        return net;
    }

    private Path file(Map<String, NDArray> arrays) throws IOException {
        Path path = folder.resolve("net.safetensors");
        SafeTensors.write(path, arrays, Map.of());
        return path;
    }

    private static Map<String, NDArray> values() {
        Map<String, NDArray> v = new LinkedHashMap<>();
        String norm = "features.denselayer1.norm1.";
        v.put(norm + "weight", of(2));
        v.put(norm + "bias", of(2));
        v.put(norm + "running_mean", of(2));
        v.put(norm + "running_var", of(2));
        v.put(norm + "num_batches_tracked", NDArray.full(Shape.scalar(), 9, DType.INT32, Device.ref()));
        v.put("features.denselayer1.conv1.weight", of(3, 2, 1, 1));
        v.put("fc.weight", of(5, 48));
        v.put("fc.bias", of(5));
        return v;
    }

    private static NDArray of(int... dims) {
        Shape shape = Shape.of(dims);
        float[] x = new float[(int) shape.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = i + dims.length + 0.5f;
        }
        return NDArray.of(x, shape, Device.ref());
    }

    @Test
    void everythingByName() throws IOException {
        var net = net(5);
        var report = Weights.from(file(values())).load(net, Device.ref());
        assertTrue(report.isComplete());
        assertEquals(8, report.loaded().size());
        values().forEach((name, v) -> {
            NDArray a = net.state().get(name);
            if (v.dtype().isFloating()) {
                assertArrayEquals(v.toFloats(), a.toFloats(), name);
            } else {
                assertArrayEquals(v.toInts(), a.toInts(), name);
            }
        });
    }

    @Test
    void theOldNamesOfDenseNet() throws IOException {
        Map<String, NDArray> old = new LinkedHashMap<>();
        values().forEach((name, v) -> old.put(name.replace("norm1", "norm.1").replace("conv1", "conv.1"), v));
        var net = net(5);
        assertTrue(Weights.from(file(old)).load(net, Device.ref()).isComplete());
        assertEquals(1.5f, net.state().get("features.denselayer1.norm1.bias").toFloats()[0]);
    }

    @Test
    void whatDoesNotFitIsNamedAndNothingIsChanged() throws IOException {
        Map<String, NDArray> v = values();
        v.remove("features.denselayer1.norm1.running_var");
        v.put("aux.weight", of(1));
        var net = net(7);
        net.initialize(INPUT, Device.ref(), 1);
        float[] before = net.state().get("features.denselayer1.conv1.weight").toFloats();
        var e = assertThrows(FormatException.class, () -> Weights.from(file(v)).load(net, Device.ref()));
        for (String part : List.of("1 missing: features.denselayer1.norm1.running_var", "1 unexpected: aux.weight",
                "fc.weight [5, 48] instead of [7, 48]", "fc.bias [5] instead of [7]", "net.safetensors")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertArrayEquals(before, net.state().get("features.denselayer1.conv1.weight").toFloats());
        var report = Weights.from(file(v)).partially().load(net, Device.ref());
        assertFalse(report.isComplete());
        assertArrayEquals(v.get("features.denselayer1.conv1.weight").toFloats(),
                net.state().get("features.denselayer1.conv1.weight").toFloats());
    }

    @Test
    void aNewHeadOnFrozenFeatures() throws IOException {
        var net = net(7);
        var report = Weights.from(file(values())).skip("fc\\..*").load(net, Device.ref());
        assertTrue(report.isComplete(), report.toString());
        assertEquals(List.of("fc.weight", "fc.bias"), report.skipped());
        assertFalse(net.parameters().get("fc.weight").isInitialized());
        net.initialize(INPUT, Device.ref(), 1);
        assertEquals(3, net.freeze("features\\..*", true));
        assertFalse(net.parameters().get("features.denselayer1.conv1.weight").var().requiresGrad());
        assertTrue(net.parameters().get("fc.weight").var().requiresGrad());
        assertArrayEquals(values().get("features.denselayer1.conv1.weight").toFloats(),
                net.state().get("features.denselayer1.conv1.weight").toFloats());
    }

    @Test
    void filesWithoutStepCountersAreFine() throws IOException {
        Map<String, NDArray> v = values();
        v.keySet().removeIf(n -> n.endsWith("num_batches_tracked"));
        assertTrue(Weights.from(file(v)).load(net(5), Device.ref()).isComplete());
    }

    @Test
    void fromPyTorch() throws IOException {
        Path path = folder.resolve("net.pth");
        TorchSave.zip(path, TorchSave.pickle(Map.of("weight", TorchSave.Tensor.of("0", 2, 3), "bias",
                TorchSave.Tensor.of("1", 2))), Map.of("0", TorchSave.floats(1, 2, 3, 4, 5, 6), "1",
                        TorchSave.floats(7, 8)));
        var fc = linear(2);
        fc.declare(Shape.of(1, 3));
        assertTrue(Weights.from(path).load(fc, Device.ref()).isComplete());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, fc.parameter("weight").value().toFloats());
    }
}
