package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sextant.cli.train.NetworkTraining;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Model;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What goes into files and comes out of them on the command line: weights, exports, activations.
class NetworkFilesTest {
    @TempDir
    Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static CommandLine run(String line) {
        return CommandLine.run(NetworkTraining::open, false, line.split(" "));
    }

    private static CommandLine ok(String line) {
        CommandLine c = run(line);
        assertEquals(ExitCode.OK, c.code(), c.err());
        return c;
    }

    private static void wrong(int code, String line, String message) {
        CommandLine c = run(line);
        assertEquals(code, c.code(), c.out() + c.err());
        assertEquals(1, c.errLines().size(), c.err());
        assertTrue(c.err().contains(message), c.err());
    }

    private static Map<String, NDArray> read(Path file) {
        return SafeTensors.readAll(file, Device.ref());
    }

    private static void assertSame(NDArray wanted, NDArray actual, String name) {
        assertArrayEquals(wanted.toDoubles(), actual.toDoubles(), name);
    }

    /// PyTorch's names in PyTorch's order, the same bits when loaded again, and known as a network by its metadata.
    @ParameterizedTest
    @CsvSource({"lenet, book", "densenet121, torchvision", "googlenet, torchvision"})
    void exportedWeightsLoadBitEqual(String net, String edition) {
        String first = file("first.safetensors").toString();
        String second = file("second.safetensors").toString();
        String which = net + " --edition " + edition + " --set classes=7";
        ok("export " + which + " --format safetensors --seed 11 -o " + first);
        ok("export " + which + " --format safetensors --seed 12 --weights " + first + " -o " + second);
        Map<String, NDArray> before = read(Path.of(first));
        Map<String, NDArray> after = read(Path.of(second));
        var network = Zoo.create(Map.of("net", net, "edition", edition, "classes", 7));
        network.model().declare(network.inputShape(1));
        assertEquals(List.copyOf(network.model().stateShapes().keySet()), List.copyOf(before.keySet()));
        before.forEach((name, a) -> assertSame(a, after.get(name), name));
        assertEquals(7, Model.load(Path.of(first)).output().dim(0));
    }

    @Test
    void aTrainedRunIsExported() throws IOException {
        Path run = file("run");
        ok("train lenet-bn --set pool=max --data synthetic --epochs 1 --out " + run);
        ok("export --run " + run + " --format safetensors -o " + file("trained.safetensors"));
        Map<String, NDArray> checkpoint = read(run.resolve("checkpoint.safetensors"));
        Map<String, NDArray> exported = read(file("trained.safetensors"));
        assertTrue(exported.size() > 20);
        exported.forEach((name, a) -> assertSame(checkpoint.get("model." + name), a, name));
        CommandLine onnx = ok("export --run " + run + " --format onnx -o " + file("trained.onnx"));
        assertTrue(onnx.out().contains("input [batch, 1, 28, 28]"), onnx.out());
        var model = ModelProto.parseFrom(Files.readAllBytes(file("trained.onnx")));
        assertTrue(model.getGraph().getNodeList().stream().anyMatch(n -> n.getOpType().equals("MaxPool")),
                "the run's own settings were lost");
        assertEquals("max", model.getMetadataPropsList().stream().filter(p -> p.getKey().equals("pool")).findFirst()
                .orElseThrow().getValue());
    }

    @Test
    void theBodyStaysFrozenAndTheHeadIsNew() {
        Path weights = file("pretrained.safetensors");
        ok("export lenet --format safetensors --seed 5 --set classes=4 -o " + weights);
        Path run = file("run");
        CommandLine c = ok(
                "train lenet --weights " + weights + " --skip-head --freeze body --data synthetic --epochs 1 "
                        + "--out " + run);
        assertTrue(c.err().contains("8 loaded; 2 skipped: 11.weight, 11.bias"), c.err());
        assertTrue(c.err().contains("frozen: 8 of 10 parameters"), c.err());
        Map<String, NDArray> before = read(weights);
        Map<String, NDArray> after = read(run.resolve("checkpoint.safetensors"));
        before.forEach((name, a) -> {
            if (!name.startsWith("11.")) {
                assertSame(a, after.get("model." + name), name);
            }
        });
        ok("train lenet --data synthetic --epochs 1 --out " + file("fresh"));
        // A second epoch goes on with what is frozen.
        CommandLine resumed = ok("train --resume " + run + " --epochs 2");
        assertFalse(resumed.err().contains("loaded"), resumed.err());
        Map<String, NDArray> later = read(run.resolve("checkpoint.safetensors"));
        assertSame(before.get("0.weight"), later.get("model.0.weight"), "0.weight");
        assertFalse(List.of(after.get("model.11.weight").toFloats()[0])
                .equals(List.of(later.get("model.11.weight").toFloats()[0])), "the head does not learn");
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() throws IOException {
        Path weights = file("lenet.safetensors");
        ok("export lenet --format safetensors -o " + weights);
        Path damaged = file("damaged.pth");
        Files.write(damaged, new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});
        String end = " --data synthetic --out " + file("run");
        wrong(1, "train lenet --set classes=4 --weights " + weights + end,
                "2 with another shape: 11.weight [10, 84] instead of [4, 84]");
        wrong(1, "train resnet18 --weights " + weights + end, "missing: 0.0.weight");
        wrong(1, "train lenet --weights " + damaged + end, "damaged.pth");
        wrong(1, "train lenet --freeze conv.*" + end, "freeze: 'conv.*' matches none of the 10 parameters");
        wrong(2, "train lenet --weights nowhere.pth", "there is no file nowhere.pth");
        wrong(2, "train lenet --skip-head", "--weights");
        wrong(2, "train lenet --freeze [", "--freeze '[' is no regular expression");
        wrong(2, "train lenet --set clases=3", "unknown setting of lenet 'clases'; did you mean 'classes'?");
        wrong(2, "train lenet --set classes=x", "classes = \"x\" cannot be read");
        wrong(2, "export lenet --format onnxx -o x", "unknown format 'onnxx'; did you mean 'onnx'?");
        wrong(2, "export --format onnx -o x", "needs a network");
        wrong(2, "export lenet --run here --format onnx -o x", "needs a network");
        wrong(1, "export --run " + folder + " --format onnx -o x", "checkpoint.safetensors");
        CommandLine unwritable = run("export lenet --format onnx -o " + weights + "/x.onnx --weights " + weights);
        assertEquals(ExitCode.FAILURE, unwritable.code());
        assertTrue(unwritable.errLines().getLast().contains("export: cannot write"), unwritable.err());
    }

    /// Stored by the same network, so everything agrees; then with one layer's values changed.
    @Test
    void parityNamesTheFirstLayerThatDiffers() throws IOException {
        Path weights = file("resnet.safetensors");
        ok("export resnet18 --edition torchvision --set inputSize=32 --format safetensors --seed 3 -o " + weights);
        Map<String, NDArray> stored = new LinkedHashMap<>();
        float[] image = new float[2 * 3 * 32 * 32];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) Math.sin(i * 0.1);
        }
        stored.put("input", NDArray.of(image, Shape.of(2, 3, 32, 32), Device.ref()));
        stored.put("fc", NDArray.zeros(Shape.of(2, 1000), DType.FLOAT32,
                Device.ref()));
        Path activations = file("activations.safetensors");
        SafeTensors.write(activations, stored, Map.of());
        String line = "parity resnet18 --edition torchvision --set inputSize=32 --weights " + weights;
        CommandLine differs = run(line + " --activations " + activations + " --record " + file("own.safetensors"));
        assertEquals(ExitCode.FAILURE, differs.code());
        assertTrue(differs.out().contains("layer fc (Linear) is the first that differs"), differs.out());

        CommandLine same = ok(line + " --backend ref --activations " + file("own.safetensors"));
        assertTrue(same.out().contains("agree within 1.0E-4"), same.out());

        Map<String, NDArray> own = new LinkedHashMap<>(read(file("own.safetensors")));
        float[] changed = own.get("layer2.0.bn1").toFloats();
        changed[17] += 0.5f;
        own.put("layer2.0.bn1", NDArray.of(changed, own.get("layer2.0.bn1").shape(), Device.ref()));
        SafeTensors.write(activations, own, Map.of());
        CommandLine found = run(line + " --activations " + activations);
        assertEquals(ExitCode.FAILURE, found.code());
        assertTrue(found.out().contains("layer layer2.0.bn1 (BatchNorm2d) is the first that differs")
                && found.out().contains("eps"), found.out());
    }

    @Test
    void parityRefusesFilesWithoutWhatItNeeds() throws IOException {
        Path file = file("activations.safetensors");
        var one = NDArray.zeros(Shape.of(1, 1, 28, 28), DType.FLOAT32,
                Device.ref());
        SafeTensors.write(file, Map.of("conv", one), Map.of());
        wrong(1, "parity lenet --activations " + file, "has no tensor 'input'");
        SafeTensors.write(file, Map.of("input", one, "conv", one), Map.of());
        CommandLine c = run("parity lenet --activations " + file);
        assertEquals(ExitCode.FAILURE, c.code());
        assertTrue(c.err().contains("none of the names"), c.err());
        wrong(2, "parity lenet", "--activations");
    }
}
