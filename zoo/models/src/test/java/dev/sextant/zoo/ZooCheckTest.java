package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Summary;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The mistakes found in circulating copies of the networks, built here on purpose: each is found, with the layer and
/// the right value.
class ZooCheckTest {

    @Test
    void everyNetworkAgreesWithItself() {
        for (String edition : Zoo.editions()) {
            for (String name : Zoo.names(edition)) {
                var builder = java.util.Map.of("net", name, "edition", edition);
                assertEquals(java.util.Optional.empty(),
                        ZooCheck.check(Zoo.create(builder).model(), Zoo.create(builder)), edition + " " + name);
            }
        }
    }

    /// Its shapes go 54 → 44 → 34, and the third block's 5×5 kernels crash later.
    @Test
    void ninWithTheBlocksKernelInsteadOf1x1() {
        Sequential wrong = sequence(
                wrongNinBlock(96, 11, 4, 0), maxPool(3, 2, 0),
                wrongNinBlock(256, 5, 1, 2), maxPool(3, 2, 0),
                wrongNinBlock(384, 3, 1, 1), maxPool(3, 2, 0),
                dropout(0.5),
                wrongNinBlock(10, 3, 1, 1),
                globalAvgPool(), flatten());
        assertThrows(ShapeException.class, () -> wrong.check(Shape.of(1, 1, 224, 224)));
        var difference = ZooCheck.check(wrong, Zoo.book("nin", "book")).orElseThrow();
        assertEquals("0.2 (Conv2d)", difference.layer());
        assertTrue(difference.actual().contains("[96, 96, 11, 11]"), difference.toString());
        assertTrue(difference.expected().contains("[96, 96, 1, 1]"), difference.toString());
    }

    private static Sequential wrongNinBlock(int channels, int kernel, int stride, int pad) {
        return sequence(
                conv(channels, kernel).stride(stride).pad(pad), relu(),
                conv(channels, kernel), relu(),
                conv(channels, kernel), relu());
    }

    @Test
    void residualWithoutProjectionAtStrideTwo() {
        Sequential wrong = sequence(
                ((Sequential) Zoo.book("resnet18", "book").model()).get(0),
                sequence(new Residual(64, false, 1), new Residual(64, false, 1)),
                sequence(new Residual(128, false, 2), new Residual(128, false, 1)),
                sequence(new Residual(256, true, 2), new Residual(256, false, 1)),
                sequence(new Residual(512, true, 2), new Residual(512, false, 1)),
                globalAvgPool(), flatten(), linear(10));
        var difference = ZooCheck.check(wrong, Zoo.book("resnet18", "book")).orElseThrow();
        assertEquals("2.0.conv3", difference.layer());
        assertTrue(difference.expected().contains("weight=[128, 64, 1, 1]"), difference.toString());
        assertTrue(difference.actual().contains("[2, 128, 12, 12] but the shortcut [2, 64, 24, 24]"),
                difference.toString());
        assertTrue(difference.actual().contains("use1x1 = true"), difference.toString());
    }

    /// A copy that "works" has the same layers without the projection, and adds the body to itself.
    @Test
    void residualThatAddsItsBodyToItself() {
        var right = (Sequential) Zoo.book("resnet18", "book").model();
        Sequential wrong = sequence(right.get(0), right.get(1),
                sequence(new BodyTwice(128, 2), new Residual(128, false, 1)),
                right.get(3), right.get(4), right.get(5), right.get(6), right.get(7));
        var difference = ZooCheck.check(wrong, Zoo.book("resnet18", "book")).orElseThrow();
        assertEquals("2.0.conv3", difference.layer());
        assertEquals("missing", difference.actual());
        assertTrue(difference.expected().contains("weight=[128, 64, 1, 1]"), difference.toString());
    }

    /// `y += y` in place of `x += y`.
    private static final class BodyTwice extends Layer {
        private final Layer[] body;

        BodyTwice(int channels, int stride) {
            Layer conv1 = child("conv1", conv(channels, 3).pad(1).stride(stride));
            Layer conv2 = child("conv2", conv(channels, 3).pad(1));
            Layer bn1 = child("bn1", new BatchNorm());
            Layer bn2 = child("bn2", new BatchNorm());
            body = new Layer[] {conv1, bn1, conv2, bn2};
        }

        @Override
        public Var forward(Var x) {
            Var y = Sequential.chain(x, body);
            return dev.sextant.autograd.Pointwise.relu(dev.sextant.autograd.Arithmetic.add(y, y));
        }

        @Override
        protected Shape outputShape(Shape in, dev.sextant.nn.Walk walk) {
            return Sequential.chain(in, walk, body);
        }
    }

    @Test
    void inceptionWith114InsteadOf144() {
        var right = (Sequential) Zoo.book("googlenet", "book").model();
        Sequential wrong = sequence(right.get(0), right.get(1), right.get(2),
                sequence(
                        new Inception(192, 96, 208, 16, 48, 64),
                        new Inception(160, 112, 224, 24, 64, 64),
                        new Inception(128, 128, 256, 24, 64, 64),
                        new Inception(112, 114, 288, 32, 64, 64),
                        new Inception(256, 160, 320, 32, 128, 128),
                        maxPool(3, 2, 1)),
                right.get(4), right.get(5));
        assertEquals(5_884_380, Summary.of(wrong, Shape.of(1, 1, 96, 96), "").totalParams());
        var difference = ZooCheck.check(wrong, Zoo.book("googlenet", "book")).orElseThrow();
        assertEquals("3.3.p2_1 (Conv2d)", difference.layer());
        assertTrue(difference.actual().contains("[114, 512, 1, 1]"), difference.toString());
        assertTrue(difference.expected().contains("[144, 512, 1, 1]"), difference.toString());
    }

    @Test
    void runningVarianceThatStartsAtZero() {
        Layer wrong = Zoo.book("lenet-bn", "book").model();
        wrong.declare(Shape.of(2, 1, 28, 28));
        ((Sequential) wrong).get(1).buffer("running_var").set(new float[6]);
        var difference = ZooCheck.check(wrong, Zoo.book("lenet-bn", "book")).orElseThrow();
        assertEquals("layer 1 (BatchNorm2d): the initial value of running_var is 0.0, but must be 1.0",
                difference.toString());
    }

    /// Two samples with channel means 2.5, 6.5, 10.5 and variance 1.25 in each: one step from variance 1 and from 0.
    @Test
    void oneStepOfTheRunningVariance() {
        float[] x = new float[24];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 12 + 1;
        }
        var norm = new BatchNorm();
        Shape shape = Shape.of(2, 3, 2, 2);
        norm.initialize(shape, Device.ref(), 1);
        norm.apply(Var.of(NDArray.of(x, shape, Device.ref())));
        List<Double> means = List.of(0.25, 0.65, 1.05);
        for (int c = 0; c < 3; c++) {
            assertEquals(means.get(c), norm.buffer("running_mean").toFloats()[c], 1e-6);
            assertEquals(0.9 + 0.1 * 1.25 * 8 / 7, norm.buffer("running_var").toFloats()[c], 1e-6);
        }
        norm.buffer("running_var").set(new float[3]);
        for (int k = 1; k <= 5; k++) {
            norm.apply(Var.of(NDArray.of(x, shape, Device.ref())));
            assertEquals((1 - Math.pow(0.9, k)) * 1.25 * 8 / 7, norm.buffer("running_var").toFloats()[0], 1e-6);
        }
    }

    @Test
    void otherNamesArePairedByPosition() {
        Sequential wrong = sequence(sequence().add("c1", conv(6, 5).pad(2)).add("s1", dev.sextant.nn.Layers.sigmoid())
                .add("p1", dev.sextant.nn.Layers.avgPool(2)).add("c2", conv(16, 3)));
        var difference = ZooCheck.check(wrong, Zoo.book("lenet", "book")).orElseThrow();
        assertEquals("0.c2 (Conv2d)", difference.layer());
        assertTrue(difference.expected().contains("[16, 6, 5, 5]"), difference.toString());
    }
}
