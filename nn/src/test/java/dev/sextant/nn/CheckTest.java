package dev.sextant.nn;

import static dev.sextant.nn.Layers.avgPool;
import static dev.sextant.nn.Layers.concat;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.groupNorm;
import static dev.sextant.nn.Layers.layerNorm;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.train.Task;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What goes wrong names the layer, the shapes with their numbers, and the remedy.
class CheckTest {

    @Test
    void checkNamesTheLayerAndTheShapesUpToIt() {
        var net = new Sequential()
                .add("features", sequence(conv(6, 5), relu(), avgPool(2), conv(16, 5), avgPool(2)))
                .add("classifier", sequence(flatten(), linear(10)));
        assertEquals(Shape.of(3, 10), net.check(Shape.of(3, 1, 28, 28)));
        var e = assertThrows(ShapeException.class, () -> net.check(Shape.of(3, 1, 10, 10)));
        assertContains(e, "layer features.3 (Conv2d)", "H=3", "kernel 5", "[3, 1, 10, 10]",
                "features.0 [3, 6, 6, 6]", "features.2 [3, 6, 3, 3]");
    }

    @Test
    void checkComputesNothingAndDeclaresNothing() {
        var net = sequence(flatten(), linear(1 << 15), linear(1 << 15));
        assertEquals(Shape.of(1, 1 << 15), net.check(Shape.of(1, 3, 1 << 14, 1 << 10)));
        assertTrue(net.parameters().isEmpty());
    }

    @Test
    void aModelThatHasParametersChecksAgainstThem() {
        var net = sequence(conv(4, 3), flatten(), linear(2));
        net.initialize(Shape.of(1, 3, 8, 8), Device.ref(), 0);
        assertContains(assertThrows(ShapeException.class, () -> net.check(Shape.of(1, 1, 8, 8))),
                "layer 0 (Conv2d)", "C=1", "[4, 3, 3, 3]");
        assertContains(assertThrows(ShapeException.class, () -> net.check(Shape.of(1, 3, 9, 9))),
                "layer 2 (Linear)", "196", "144", "1 [1, 196]");
    }

    @TestFactory
    Stream<DynamicTest> wrongShapes() {
        return Stream.of(
                wrong("sum", sum(conv(4, 3).pad(1), new Identity()), Shape.of(1, 3, 8, 8), "[1, 4, 8, 8]",
                        "[1, 3, 8, 8]", "1×1 convolution"),
                wrong("concat", concat(conv(4, 3), conv(4, 1)), Shape.of(1, 3, 8, 8), "[1, 4, 6, 6]", "[1, 4, 8, 8]"),
                wrong("groups", conv(4, 3).groups(2), Shape.of(1, 3, 8, 8), "C=3", "groups=2"),
                wrong("group norm", groupNorm(4), Shape.of(1, 6, 2, 2), "[1, 6, 2, 2]", "groups=4"),
                wrong("layer norm", layerNorm(3), Shape.of(2, 5), "[2, 5]", "3 are to be normalised"),
                wrong("pool", maxPool(5), Shape.of(1, 1, 3, 3), "kernel 5", "H=3", "larger input"),
                wrong("rank", conv(1, 1), Shape.of(3, 4), "[N, C, H, W]", "[3, 4]"),
                wrong("softmax", new Softmax(2), Shape.of(3, 4), "axis 2", "[3, 4]"),
                wrong("shuffle", new ChannelShuffle(4), Shape.of(1, 6, 2, 2), "C=6", "groups=4"),
                wrong("reflection", Pad2d.reflection(3), Shape.of(1, 1, 3, 3), "left 3", "[1, 1, 3, 3]"),
                wrong("upsample", Upsample.nearest(2), Shape.of(3, 3), "[N, C, H, W]", "[3, 3]"),
                wrong("lrn", new LocalResponseNorm(3), Shape.of(3, 3), "[N, C, H, W]", "[3, 3]"));
    }

    private static DynamicTest wrong(String name, Layer layer, Shape in, String... parts) {
        return DynamicTest.dynamicTest(name,
                () -> assertContains(assertThrows(ShapeException.class, () -> layer.check(in)), parts));
    }

    @Test
    void wrongAttributesFailAtOnce() {
        assertContains(assertThrows(SextantException.class, () -> conv(0, 3)), "filters", "0");
        assertContains(assertThrows(SextantException.class, () -> conv(3, 0)), "kernel", "0");
        assertContains(assertThrows(SextantException.class, () -> conv(3, 3).stride(0)), "stride", "0");
        assertContains(assertThrows(SextantException.class, () -> linear(-1)), "out", "-1");
        assertContains(assertThrows(SextantException.class, () -> new Dropout(1.5)), "1.5");
        assertContains(assertThrows(SextantException.class, () -> groupNorm(0)), "groups", "0");
        assertContains(assertThrows(SextantException.class, () -> Upsample.nearest(0)), "factor", "0");
        assertContains(assertThrows(SextantException.class, () -> new LocalResponseNorm(0)), "size", "0");
    }

    @Test
    void wrongArraysAreNamed() {
        var net = linear(2);
        Var ints = Var.of(NDArray.of(new int[] {1, 2}, Shape.of(1, 2), Device.standard()));
        net.initialize(Shape.of(1, 2), Device.standard(), 0);
        assertContains(assertThrows(DTypeException.class, () -> net.apply(ints)), "linear", "int32", "cast");
        Var elsewhere = Var.of(NDArray.zeros(Shape.of(1, 2), DType.FLOAT32, Device.ref()));
        assertContains(assertThrows(DeviceException.class, () -> net.apply(elsewhere)), "linear", "ref",
                "x.to(device)");
        Var x = Var.of(NDArray.zeros(Shape.of(1, 2), DType.FLOAT32, Device.standard()));
        assertContains(assertThrows(SextantException.class, () -> linear(2).apply(x)), "initialize");
        NDArray label = NDArray.of(new int[] {2}, Shape.of(1), Device.standard());
        assertContains(assertThrows(SextantException.class, () -> Task.CLASSIFICATION.loss(net.apply(x), label)),
                "cross_entropy", "2");
    }

    private static void assertContains(Throwable e, String... parts) {
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), "no '" + part + "' in: " + e.getMessage());
        }
    }
}
