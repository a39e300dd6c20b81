package dev.sextant.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every layer on shapes of every kind, element types and devices it does not take. A new layer without a line in
/// [#samples] fails.
class LayerErrorsTest {
    private static final Shape IMAGES = Shape.of(2, 4, 6, 6);
    private static final List<Shape> SHAPES = List.of(Shape.scalar(), Shape.of(0), Shape.of(3), Shape.of(0, 3),
            Shape.of(2, 0), Shape.of(2, 3), Shape.of(2, 4), Shape.of(2, 4, 5), Shape.of(0, 4, 6, 6),
            Shape.of(2, 0, 6, 6), Shape.of(2, 4, 0, 6), Shape.of(2, 4, 6, 0), Shape.of(2, 4, 1, 1),
            Shape.of(1, 3, 6, 6), IMAGES, Shape.of(2, 4, 6, 6, 2));

    /// A layer that takes [#IMAGES]; `computes` is false for one that hands its input on unseen.
    private record Sample(Supplier<Layer> layer, boolean computes) {
        @Override
        public String toString() {
            return layer.get().getClass().getSimpleName();
        }
    }

    private static Sample computing(Supplier<Layer> layer) {
        return new Sample(layer, true);
    }

    static Stream<Sample> samples() {
        return Stream.of(computing(() -> new Conv2d(4, 3)), computing(() -> new Linear(5)),
                computing(() -> Activation.relu()), computing(() -> new LayerNorm(1)),
                computing(() -> new GroupNorm(2)), computing(() -> new LocalResponseNorm(3)),
                computing(() -> new BatchNorm()), computing(() -> Pool2d.max(2)),
                computing(() -> AdaptivePool2d.globalAvg()), new Sample(() -> new ChannelShuffle(2), false),
                computing(() -> Pad2d.reflection(1)), computing(() -> Upsample.nearest(2)),
                computing(() -> new Softmax(-1)), computing(() -> new Hardsigmoid()),
                computing(() -> new Concat(new Conv2d(2, 1), new Conv2d(3, 1))),
                computing(() -> new Sum(new Conv2d(4, 3).pad(1))),
                computing(() -> new Sequential(new Conv2d(4, 3), Activation.relu())),
                new Sample(() -> new Flatten(), false), new Sample(() -> new Identity(), false),
                new Sample(() -> new Dropout(0.5), false));
    }

    @Test
    void everyLayerIsHere() throws Exception {
        var layers = new TreeSet<String>();
        for (Class<?> c : classes()) {
            if (Layer.class.isAssignableFrom(c) && !Modifier.isAbstract(c.getModifiers())
                    && Modifier.isPublic(c.getModifiers())) {
                layers.add(c.getSimpleName());
            }
        }
        assertFalse(layers.isEmpty());
        samples().forEach(s -> layers.remove(s.toString()));
        assertEquals(new TreeSet<String>(), layers, "layers without a sample in this test");
    }

    private static List<Class<?>> classes() throws IOException, ReflectiveOperationException {
        Path folder = Path.of(Layer.class.getResource("Layer.class").getPath()).getParent();
        var found = new ArrayList<Class<?>>();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("[A-Za-z0-9]+\\.class")) {
                    found.add(Class.forName("dev.sextant.nn." + name.substring(0, name.length() - 6)));
                }
            }
        }
        return found;
    }

    private static Var input(Shape shape, Device device) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3;
        }
        return Var.of(NDArray.of(values, shape, device));
    }

    /// Whatever the shape: either the check refuses it, naming its own shape, or the layer computes what the check
    /// promised, on both devices. No other exception ever.
    @ParameterizedTest
    @MethodSource("samples")
    void checkAndForwardAgreeOnEveryShape(Sample sample) {
        int taken = 0;
        for (Shape shape : SHAPES) {
            for (Device device : List.of(Device.ref(), Device.standard())) {
                Layer layer = sample.layer.get();
                layer.eval();
                Shape promised;
                try {
                    promised = layer.check(shape);
                } catch (ShapeException e) {
                    assertTrue(e.getMessage().contains(shape.toString()) || e.getMessage().contains("=0"),
                            () -> layer.typeName() + " of " + shape + ": " + e.getMessage());
                    assertThrows(SextantException.class, () -> {
                        Layer again = sample.layer.get();
                        again.eval();
                        again.initialize(shape, device, 1);
                        again.apply(input(shape, device));
                    }, () -> layer.typeName() + " of " + shape + " was refused by check alone");
                    continue;
                }
                taken++;
                layer.initialize(shape, device, 1);
                assertEquals(promised, layer.apply(input(shape, device)).shape(), layer.typeName() + " of " + shape);
            }
        }
        assertTrue(taken > 0, "some shape fits");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void wrongArraysAreNamed(Sample sample) {
        Layer layer = sample.layer.get();
        layer.initialize(IMAGES, Device.standard(), 1);
        layer.apply(input(IMAGES, Device.standard()));
        Var ints = Var.of(NDArray.zeros(IMAGES, DType.INT32, Device.standard()));
        Var gone;
        try (var _ = Scope.open("step 3")) {
            gone = input(IMAGES, Device.standard());
        }
        if (sample.computes) {
            says(assertThrows(DTypeException.class, () -> layer.apply(ints)), "int32[2, 4, 6, 6]", "cast");
            says(assertThrows(ScopeException.class, () -> layer.apply(gone)), "[2, 4, 6, 6]", "scope.keep");
        }
        if (!layer.parameters().isEmpty()) {
            says(assertThrows(DeviceException.class, () -> layer.apply(input(IMAGES, Device.ref()))), "ref", "simd",
                    "x.to(device)");
            says(assertThrows(SextantException.class, () -> sample.layer.get().apply(input(IMAGES, Device.ref()))),
                    "initialize");
        }
    }

    private static void says(SextantException e, String... parts) {
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "'" + e.getMessage() + "' does not say '" + part + "'");
        }
    }
}
