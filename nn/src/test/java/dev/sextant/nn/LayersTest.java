package dev.sextant.nn;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.concat;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.groupNorm;
import static dev.sextant.nn.Layers.layerNorm;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.residual;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import dev.sextant.engine.random.Philox;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Layers: shapes told in advance are the shapes computed, values follow the formulas, and structure is reachable.
class LayersTest {
    private static final Device DEVICE = Device.standard();

    private static Var random(int... dims) {
        Shape shape = Shape.of(dims);
        return Var.of(NDArray.of(Philox.normal(5, 5, (int) shape.size(), 0, 1), shape, DEVICE));
    }

    private static Var ready(Layer layer, Var x) {
        layer.initialize(x.shape(), DEVICE, 1);
        return layer.apply(x);
    }

    @TestFactory
    Stream<DynamicTest> everyLayerComputesTheShapeItPromises() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        layers.put("Conv2d", conv(6, 3).stride(2, 1).pad(1, 0).dilation(2).groups(2));
        layers.put("BatchNorm2d", batchNorm());
        layers.put("LayerNorm", layerNorm(3));
        layers.put("GroupNorm", groupNorm(2));
        layers.put("LocalResponseNorm", new LocalResponseNorm(5));
        layers.put("MaxPool2d", Pool2d.max(3, 2, 1).ceil());
        layers.put("AvgPool2d", Pool2d.avg(3, 2, 1));
        layers.put("AdaptiveAvgPool2d", AdaptivePool2d.avg(3));
        layers.put("AdaptiveMaxPool2d", AdaptivePool2d.max(2));
        layers.put("Softmax", new Softmax(1));
        layers.put("LogSoftmax", Softmax.log(-1));
        layers.put("Upsample", Upsample.bilinear(2));
        layers.put("ZeroPad2d", Pad2d.zero(2));
        layers.put("ReflectionPad2d", Pad2d.reflection(2));
        layers.put("ReplicationPad2d", Pad2d.replication(1));
        layers.put("ChannelShuffle", new ChannelShuffle(2));
        layers.put("Hardsigmoid", new Hardsigmoid());
        layers.put("Hardswish", Activation.hardswish());
        layers.put("ELU", Activation.elu(1));
        layers.put("Hardtanh", Activation.hardtanh(-1, 1));
        layers.put("Mish", Activation.mish());
        layers.put("Softplus", Activation.softplus());
        layers.put("Softsign", Activation.softsign());
        layers.put("SiLU", Activation.silu());
        layers.put("GELU", Activation.gelu());
        layers.put("ReLU6", Activation.relu6());
        layers.put("Dropout", new Dropout(0.5));
        layers.put("Flatten", flatten());
        layers.put("Linear", linear(7).flatten());
        layers.put("Identity", new Identity());
        layers.put("Sum", residual(conv(4, 3).pad(1)));
        layers.put("Concat", concat(conv(3, 1), conv(2, 3).pad(1)));
        layers.put("Sequential", sequence(conv(3, 3), relu(), maxPool(2)));
        return layers.entrySet().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            Layer layer = e.getValue();
            Var x = random(2, 4, 7, 6);
            Shape promised = layer.check(x.shape());
            Var y = ready(layer, x);
            assertEquals(promised, y.shape());
            assertEquals(promised, layer.check(x.shape()), "with parameters");
            assertEquals(e.getKey(), layer.typeName());
            layer.eval();
            assertEquals(promised, layer.apply(x).shape());
        }));
    }

    @Test
    void layerNormBringsEveryExampleToMeanZeroAndVarianceOne() {
        float[] y = ready(new LayerNorm(1), random(3, 50)).value().toFloats();
        for (int n = 0; n < 3; n++) {
            double mean = 0;
            double square = 0;
            for (int i = 0; i < 50; i++) {
                mean += y[50 * n + i] / 50;
                square += y[50 * n + i] * y[50 * n + i] / 50;
            }
            assertEquals(0, mean, 1e-6);
            assertEquals(1, square, 1e-3);
        }
    }

    @Test
    void gammaAndBetaOfTheDataUndoBatchNorm() {
        Var x = random(16, 3);
        var bn = batchNorm();
        bn.initialize(x.shape(), DEVICE, 0);
        float[] gamma = new float[3];
        float[] beta = new float[3];
        float[] v = x.value().toFloats();
        for (int c = 0; c < 3; c++) {
            double mean = 0;
            double square = 0;
            for (int n = 0; n < 16; n++) {
                mean += v[3 * n + c] / 16.0;
                square += v[3 * n + c] * (double) v[3 * n + c] / 16;
            }
            gamma[c] = (float) Math.sqrt(square - mean * mean + 1e-5);
            beta[c] = (float) mean;
        }
        bn.parameter("weight").value().set(gamma);
        bn.parameter("bias").value().set(beta);
        assertArrayEquals(v, bn.apply(x).value().toFloats(), 1e-5f);
        assertEquals("BatchNorm1d", bn.typeName());
    }

    @Test
    void channelShuffleDealsChannelsOut() {
        Var x = Var.of(NDArray.of(new float[] {0, 1, 2, 3, 4, 5}, Shape.of(1, 6, 1, 1), DEVICE));
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, new ChannelShuffle(2).apply(x).value().toFloats());
    }

    @Test
    void simpleLayersByHand() {
        Var x = Var.of(NDArray.of(new float[] {-4, -1.5f, 0, 4}, Shape.of(1, 1, 2, 2), DEVICE));
        assertArrayEquals(new float[] {0, 0.25f, 0.5f, 1}, new Hardsigmoid().apply(x).value().toFloats(), 1e-6f);
        assertArrayEquals(new float[] {-4, -4, -1.5f, -1.5f, -4, -4, -1.5f, -1.5f, 0, 0, 4, 4, 0, 0, 4, 4},
                Upsample.nearest(2).apply(x).value().toFloats());
        assertArrayEquals(new float[] {-4, 4},
                sequence(Upsample.to(new ResizeSpec(Pair.of(1, 4), true, true)), Upsample.to(
                        new ResizeSpec(Pair.of(1, 2), false, false))).apply(Var.of(
                                NDArray.of(
                                        new float[] {-4, 4, 4, 4}, Shape.of(1, 1, 1, 4), DEVICE)))
                        .value().toFloats());
        float[] rows = new Softmax(-1).apply(x).value().toFloats();
        assertEquals(1, rows[0] + rows[1], 1e-6);
        assertEquals(Math.log(rows[3]), Softmax.log(3).apply(x).value().toFloats()[3], 1e-5);
    }

    @Test
    void anActivationThatCannotBeFusedComesRightAfter() {
        Var x = random(2, 3, 5, 5);
        for (Kind kind : List.of(Kind.RELU, Kind.GELU)) {
            var with = conv(4, 3).activation(UnarySpec.of(kind));
            var apart = sequence(conv(4, 3), new Activation(UnarySpec.of(kind), "f"));
            assertArrayEquals(ready(apart, x).value().toFloats(), ready(with, x).value().toFloats());
            var dense = linear(4).flatten().activation(UnarySpec.of(kind));
            var denseApart = sequence(linear(4).flatten(), new Activation(UnarySpec.of(kind), "f"));
            assertArrayEquals(ready(denseApart, x).value().toFloats(), ready(dense, x).value().toFloats());
        }
    }

    @Test
    void residualsAndBranches() {
        Var x = random(1, 2, 4, 4);
        var body = conv(2, 3).pad(1);
        var block = sum(body, new Identity());
        float[] y = ready(block, x).value().toFloats();
        float[] f = body.apply(x).value().toFloats();
        float[] v = x.value().toFloats();
        for (int i = 0; i < y.length; i++) {
            assertEquals(f[i] + v[i], y[i], 1e-6);
        }
        var two = concat(new Identity(), new Identity());
        float[] joined = two.apply(x).value().toFloats();
        assertArrayEquals(v, Arrays.copyOfRange(joined, v.length, 2 * v.length));
    }

    @Test
    void sequentialIsIndexedNamedAndIterated() {
        var first = conv(3, 3);
        var last = linear(2).flatten();
        var net = new Sequential().add("conv1", first).add("act", relu()).add("fc", last);
        assertSame(first, net.get(0));
        assertSame(last, net.get(-1));
        assertSame(first, net.get("conv1"));
        assertEquals(3, net.size());
        List<Layer> seen = new ArrayList<>();
        net.forEach(seen::add);
        assertEquals(List.of(first, net.get(1), last), seen);
        net.initialize(Shape.of(1, 1, 5, 5), DEVICE, 0);
        assertEquals(List.of("conv1.weight", "conv1.bias", "fc.weight", "fc.bias"),
                List.copyOf(net.parameters().keySet()));
        var e = assertThrows(SextantException.class, () -> net.get("conv2"));
        assertTrue(e.getMessage().contains("'conv2'") && e.getMessage().contains("conv1"), e.getMessage());
        assertTrue(assertThrows(SextantException.class, () -> net.get(3)).getMessage().contains("0..2"));
        assertThrows(SextantException.class, () -> net.add("fc", relu()));
    }

    @Test
    void freezingByPatternStopsGradientsThere() {
        var net = sequence(conv(2, 3), relu(), linear(2).flatten());
        Var x = random(1, 1, 5, 5);
        net.initialize(x.shape(), DEVICE, 0);
        assertEquals(2, net.freeze("0\\..*", true));
        assertEquals(0, net.freeze("nothing", true));
        Reductions.sum(net.apply(x), false, 0, 1).backward();
        assertNull(net.get(0).parameter("weight").var().grad());
        assertNotNull(net.get(2).parameter("weight").var().grad());
        net.freeze(".*", false);
        Reductions.sum(net.apply(x), false, 0, 1).backward();
        assertNotNull(net.get(0).parameter("weight").var().grad());
    }

    @Test
    void hooksSeeUntilClosed() throws InterruptedException {
        var net = sequence(conv(2, 3), relu());
        Var x = random(1, 1, 5, 5);
        net.initialize(x.shape(), DEVICE, 0);
        float[] fused = net.apply(x).value().toFloats();
        List<String> seen = new ArrayList<>();
        Layer.Hook hook = (layer, in, out) -> seen.add(layer.typeName() + " " + out.shape());
        var one = net.get(0).onForward(hook);
        var two = net.get(0).onForward(hook);
        var three = net.get(1).onForward(hook);
        assertArrayEquals(fused, net.apply(x).value().toFloats(), 1e-6f);
        assertEquals(List.of("Conv2d [1, 2, 3, 3]", "Conv2d [1, 2, 3, 3]", "ReLU [1, 2, 3, 3]"), seen);
        one.close();
        one.close();
        seen.clear();
        net.apply(x);
        assertEquals(List.of("Conv2d [1, 2, 3, 3]", "ReLU [1, 2, 3, 3]"), seen, "closing twice closes one hook");
        two.close();
        three.close();
        seen.clear();
        net.apply(x);
        assertTrue(seen.isEmpty());
    }

    @Test
    void aHookMayCloseItselfWhileItRuns() {
        var layer = relu();
        Layer.HookHandle[] handle = new Layer.HookHandle[1];
        int[] calls = {0};
        handle[0] = layer.onForward((l, in, out) -> {
            calls[0]++;
            handle[0].close();
        });
        layer.apply(random(2));
        layer.apply(random(2));
        assertEquals(1, calls[0]);
    }

    @Test
    void aClosedHookKeepsNothingAlive() throws InterruptedException {
        var layer = relu();
        byte[] heavy = new byte[1000];
        var weak = new WeakReference<>(heavy);
        Layer.HookHandle handle = watching(layer, heavy);
        handle.close();
        heavy = null;
        for (int i = 0; i < 50 && weak.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(weak.get(), "held by " + handle);
    }

    private static Layer.HookHandle watching(Layer layer, byte[] heavy) {
        return layer.onForward((l, in, out) -> heavy[0]++);
    }
}
