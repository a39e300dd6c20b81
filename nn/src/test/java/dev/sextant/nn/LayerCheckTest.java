package dev.sextant.nn;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.concat;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.groupNorm;
import static dev.sextant.nn.Layers.layerNorm;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.residual;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.tanh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every layer's gradients against central differences, at several shapes, in training and in evaluation.
class LayerCheckTest {
    private static final List<Shape> IMAGES = List.of(Shape.of(2, 4, 5, 5), Shape.of(3, 2, 4, 7), Shape.of(1, 6, 6, 4));
    private static final List<Shape> ROWS = List.of(Shape.of(4, 3), Shape.of(2, 7));

    private static Map<String, Supplier<Layer>> imageLayers() {
        Map<String, Supplier<Layer>> all = new LinkedHashMap<>();
        all.put("conv", () -> conv(4, 3).stride(2).pad(1));
        all.put("conv, grouped and dilated", () -> conv(4, 2).groups(2).dilation(2));
        all.put("conv with activation", () -> conv(3, 3).noBias().activation(UnarySpec.of(Kind.GELU)));
        all.put("conv, fused tanh", () -> sequence(conv(3, 3), tanh()));
        all.put("batch norm", () -> batchNorm());
        all.put("batch norm, fused sigmoid", () -> sequence(batchNorm(), Activation.sigmoid()));
        all.put("layer norm", () -> layerNorm(3));
        all.put("layer norm of rows", () -> layerNorm(1));
        all.put("group norm", () -> groupNorm(2));
        all.put("local response norm", () -> new LocalResponseNorm(3));
        all.put("max pool", () -> maxPool(3, 2, 1));
        all.put("average pool", () -> Pool2d.avg(3, 2, 1));
        all.put("average pool, ceil", () -> Pool2d.avg(3).ceil());
        all.put("adaptive average pool", () -> AdaptivePool2d.avg(3));
        all.put("adaptive max pool", () -> AdaptivePool2d.max(2));
        all.put("softmax", () -> new Softmax(1));
        all.put("log softmax", () -> Softmax.log(-1));
        all.put("upsample nearest", () -> Upsample.nearest(2));
        all.put("upsample bilinear", () -> Upsample.bilinear(2));
        all.put("zero pad", () -> Pad2d.zero(1));
        all.put("reflection pad", () -> Pad2d.reflection(2));
        all.put("replication pad", () -> Pad2d.replication(2));
        all.put("channel shuffle", () -> new ChannelShuffle(2));
        all.put("dropout", () -> dropout(0.5));
        all.put("flatten", () -> flatten());
        all.put("linear, flattening", () -> linear(3).flatten());
        all.put("identity", () -> new Identity());
        all.put("residual", () -> residual(sequence(batchNorm(), tanh())));
        all.put("concat", () -> concat(conv(2, 1), new Identity()));
        all.put("a small network", () -> sequence(conv(3, 3), batchNorm(), tanh(), maxPool(2), flatten(),
                linear(4).activation(UnarySpec.SIGMOID), dropout(0.3), linear(2)));
        return all;
    }

    private static Map<String, Supplier<Layer>> rowLayers() {
        Map<String, Supplier<Layer>> all = new LinkedHashMap<>();
        all.put("linear", () -> linear(3));
        all.put("linear with activation", () -> linear(3).noBias().activation(UnarySpec.of(Kind.SILU)));
        all.put("batch norm", () -> batchNorm());
        all.put("layer norm", () -> layerNorm(1));
        Stream.of(Activation.relu(), Activation.relu6(), Activation.sigmoid(), Activation.tanh(),
                Activation.scaledTanh(), Activation.gelu(), Activation.silu(), Activation.leakyRelu(0.1),
                Activation.elu(1), Activation.hardtanh(-1, 1), Activation.hardswish(), Activation.softplus(),
                Activation.softsign(), Activation.mish()).forEach(a -> all.put(a.typeName(), () -> a));
        all.put("Hardsigmoid", () -> new Hardsigmoid());
        return all;
    }

    @TestFactory
    Stream<DynamicTest> everyLayer() {
        return Stream.concat(tests(imageLayers(), IMAGES), tests(rowLayers(), ROWS));
    }

    private static Stream<DynamicTest> tests(Map<String, Supplier<Layer>> layers, List<Shape> shapes) {
        return layers.entrySet().stream().flatMap(e -> shapes.stream().flatMap(shape -> Stream.of(true, false)
                .map(training -> DynamicTest.dynamicTest(e.getKey() + " " + shape + (training ? "" : " eval"), () -> {
                    Layer layer = e.getValue().get();
                    var report = LayerCheck.check(training ? layer.train() : layer.eval(), shape, 3);
                    assertEquals(shape.size() + layer.parameterCount(), report.elements());
                }))));
    }

    /// A layer of one's own, wrong on purpose: part of what it computes is hidden from the gradient.
    private static final class Forgetful extends Layer {
        @Override
        public Var forward(Var x) {
            return Arithmetic.mul(x, Pointwise.tanh(x).detach());
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return in;
        }
    }

    @Test
    void aWrongGradientIsFound() {
        var e = assertThrows(GraphException.class, () -> LayerCheck.check(new Forgetful(), Shape.of(2, 3), 1));
        assertTrue(e.getMessage().contains("input 0 [2, 3]"), e.getMessage());
    }
}
