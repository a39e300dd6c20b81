package dev.sextant.cli.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Activation;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.GroupNorm;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Layers;
import dev.sextant.nn.LocalResponseNorm;
import dev.sextant.nn.Softmax;
import dev.sextant.zoo.NetSettings;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Exported networks give the same logits in the real ONNX Runtime.
class OnnxExportTest {
    private static final Device DEVICE = Device.standard();

    /// Deterministic values around `middle`.
    private static float[] values(long count, double middle, double width) {
        float[] x = new float[Math.toIntExact(count)];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (middle + width * Math.sin(i * 12.9898 + 1));
        }
        return x;
    }

    private static ModelProto export(Layer model, Shape input) {
        Shape one = input.with(0, 1);
        return OnnxExport.of(model, NDArray.zeros(one, DType.FLOAT32, DEVICE), "test", "1", Map.of());
    }

    /// Batch norms that have seen something: from mean 0 and variance 1 a wrong order of statistics would not show.
    private static void spreadStatistics(Layer model) {
        model.visit("", (path, layer) -> {
            if (layer instanceof BatchNorm) {
                NDArray mean = layer.buffer("running_mean");
                mean.set(values(mean.size(), 0, 0.1));
                NDArray variance = layer.buffer("running_var");
                variance.set(values(variance.size(), 1, 0.3));
            }
        });
    }

    private static void assertSameLogits(Layer model, Shape input) throws OrtException {
        spreadStatistics(model);
        byte[] file = export(model, input).toByteArray();
        var env = OrtEnvironment.getEnvironment();
        try (var session = env.createSession(file)) {
            for (int batch : new int[] {1, input.dim(0)}) {
                Shape shape = input.with(0, batch);
                float[] x = values(shape.size(), 0.2, 1);
                float[] ours;
                try (var _ = GradMode.off()) {
                    ours = model.apply(Var.of(NDArray.of(x, shape, DEVICE))).value().toFloats();
                }
                long[] dims = Arrays.stream(shape.dims()).asLongStream().toArray();
                try (var tensor = OnnxTensor.createTensor(env, FloatBuffer.wrap(x), dims);
                        var result = session.run(Map.of("input", tensor))) {
                    float[] theirs = ((OnnxTensor) result.get("logits").orElseThrow()).getFloatBuffer().array();
                    assertClose(theirs, ours);
                }
            }
        }
    }

    private static void assertClose(float[] wanted, float[] actual) {
        assertEquals(wanted.length, actual.length);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i]));
            worst = Math.max(worst, Math.abs((double) wanted[i] - actual[i]));
        }
        assertTrue(largest > 1e-6, "all logits are zero");
        assertTrue(worst <= 2e-5 * largest, "largest difference " + worst + ", largest logit " + largest);
    }

    /// Every network but torchvision's VGGs, which differ from VGG-11 in their numbers of layers alone, have half a
    /// gigabyte of weights each, and are left to [#vgg].
    static Stream<String> networks() {
        return Zoo.editions().stream().flatMap(e -> Zoo.names(e).stream().filter(n -> !n.equals("linear"))
                .filter(n -> !(n.startsWith("vgg") && e.equals("torchvision"))).map(n -> e + " " + n));
    }

    private static Network create(String edition, String net, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("net", net);
        all.put("edition", edition);
        return Zoo.create(NetSettings.parse(all));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void everyNetworkGivesItsLogits(String which) throws OrtException {
        String edition = which.split(" ")[0];
        String net = which.split(" ")[1];
        int side = edition.equals("book") ? smallestOfBook(net) : edition.equals("paper") ? 67 : 64;
        Network network = create(edition, net, side == 0 ? Map.of() : Map.of("inputSize", Integer.toString(side)));
        network.initialize(DEVICE, 3);
        assertSameLogits(network.model(), network.inputShape(3));
    }

    private static int smallestOfBook(String net) {
        return switch (net) {
            case "alexnet", "nin" -> 95;
            case "vgg11", "vgg11-small", "googlenet", "resnet18", "densenet" -> 33;
            default -> 0;
        };
    }

    @ParameterizedTest
    @CsvSource({"vgg11, 64", "vgg11-bn, 100"})
    void vgg(String net, int side) throws OrtException {
        Network network = create("torchvision", net, Map.of("inputSize", Integer.toString(side), "classes", "10"));
        network.initialize(DEVICE, 3);
        assertSameLogits(network.model(), network.inputShape(2));
    }

    @Test
    void googLeNetWithTransformedInputAndUnusedHeads() throws OrtException {
        Network network = create("torchvision", "googlenet",
                Map.of("inputSize", "64", "transformInput", "true", "auxHeads", "true"));
        network.initialize(DEVICE, 3);
        assertSameLogits(network.model(), network.inputShape(2));
    }

    @Test
    void everyActivationAndLayerThatCanBeExported() throws OrtException {
        Layer net = Layers.sequence(
                Layers.conv(6, 3).pad(2).dilation(2), new LocalResponseNorm(3), Activation.scaledTanh(),
                Layers.avgPool(3).ceil(), Layers.conv(6, 3).stride(2, 1).pad(1, 0).groups(2), Activation.gelu(),
                Layers.maxPool(3, 2, 1).ceil(), Activation.leakyRelu(0.1), Activation.elu(0.7), Activation.silu(),
                Activation.hardswish(), Activation.mish(), Activation.softplus(), Activation.softsign(),
                Activation.hardtanh(-0.3, 0.4), Layers.flatten(), Layers.linear(5).noBias(), Layers.batchNorm(),
                new Softmax(1));
        Shape input = Shape.of(3, 2, 17, 19);
        net.initialize(input, DEVICE, 5);
        assertSameLogits(net, input);
    }

    @Test
    void parametersKeepTheirNamesAndTheBatchIsOpen() {
        Network network = create("torchvision", "resnet18", Map.of("inputSize", "32"));
        network.initialize(DEVICE, 0);
        ModelProto model = export(network.model(), network.inputShape(1));
        List<String> names = model.getGraph().getInitializerList().stream().map(t -> t.getName()).toList();
        assertTrue(names.containsAll(network.model().parameters().keySet()), names.toString());
        assertTrue(names.contains("layer4.1.bn2.running_var"), names.toString());
        assertEquals("batch", model.getGraph().getInput(0).getType().getTensorType().getShape().getDim(0)
                .getDimParam());
    }

    @Test
    void whatHasNoFormSaysWhichLayer() {
        Layer net = Layers.sequence(Layers.conv(4, 3), new GroupNorm(2));
        Shape input = Shape.of(1, 1, 8, 8);
        net.initialize(input, DEVICE, 1);
        var e = assertThrows(SextantException.class, () -> export(net, input));
        assertTrue(e.getMessage().contains("group_norm of layer '1' (GroupNorm)"), e.getMessage());
    }
}
