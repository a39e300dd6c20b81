package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Normalisations against the oracle.
public interface NormContract {
    /// Gradients subtract means of the same size, so they keep a little less than a plain sum.
    double CLOSE = 0x1p-16;

    /// The device under test.
    Device device();

    private static Stream<DynamicTest> tests(List<Shape> shapes, java.util.function.BiConsumer<Shape, Form> test) {
        return shapes.stream().map(s -> DynamicTest.dynamicTest("x " + s, () -> {
            for (Form form : Form.values()) {
                test.accept(s, form);
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> batchNorm() {
        var shapes = List.of(Shape.of(2, 3, 5, 7), Shape.of(4, 17, 3, 3), Shape.of(8, 5), Shape.of(3, 33),
                Shape.of(2, 5, 1, 1), Shape.of(1, 3, 4, 4), Shape.of(3, 16, 6, 6), Shape.of(2, 6, 24, 24),
                Shape.of(5, 7, 4), Shape.of(256, 120), Shape.of(3, 32, 2, 9));
        return tests(shapes, (shape, form) -> {
            for (boolean training : new boolean[] {true, false}) {
                for (boolean affine : new boolean[] {true, false}) {
                    for (UnarySpec act : List.of(UnarySpec.IDENTITY, UnarySpec.RELU)) {
                        batch(new BatchNormSpec(1e-5, 0.1, training, act), shape, form, affine, Write.SET);
                    }
                    batch(new BatchNormSpec(1e-3, 0.3, training, UnarySpec.IDENTITY), shape, form, affine, Write.ADD);
                }
            }
        });
    }

    private void batch(BatchNormSpec spec, Shape shape, Form form, boolean affine, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x, " + (affine ? "affine, " : "plain, ") + write;
        Shape perChannel = Shape.of(shape.dim(1));
        Twin x = rig.numbers(shape, form);
        Twin gamma = affine ? rig.numbers(perChannel, 0.5, 1.5, Form.DENSE) : null;
        Twin beta = affine ? rig.numbers(perChannel, Form.DENSE) : null;
        Twin mean = rig.numbers(perChannel, Form.DENSE);
        Twin variance = rig.numbers(perChannel, 0.5, 2, Form.DENSE);
        Twin y = rig.result(spec, shape, x.mine());
        var refAux = rig.ref().batchNorm(spec, x.ref(), Twin.ref(gamma), Twin.ref(beta), mean.ref(), variance.ref(),
                y.ref());
        var mineAux = rig.mine().batchNorm(spec, x.mine(), Twin.mine(gamma), Twin.mine(beta), mean.mine(),
                variance.mine(), y.mine());
        rig.close(what, y, CLOSE);
        rig.close("running mean of " + what, mean, CLOSE);
        rig.close("running variance of " + what, variance, CLOSE);
        Twin dz = rig.numbers(shape, form);
        Twin dx = rig.gradient(x, write);
        Twin dgamma = affine ? rig.gradient(gamma, write) : null;
        Twin dbeta = affine ? rig.gradient(beta, write) : null;
        rig.ref().batchNormBackward(spec, dz.ref(), x.ref(), Twin.ref(gamma), refAux, Rig.ref(dx, write),
                Rig.ref(dgamma, write), Rig.ref(dbeta, write));
        rig.mine().batchNormBackward(spec, dz.mine(), x.mine(), Twin.mine(gamma), mineAux, Rig.mine(dx, write),
                Rig.mine(dgamma, write), Rig.mine(dbeta, write));
        rig.close("dx of " + what, dx, CLOSE);
        if (affine) {
            rig.close("dgamma of " + what, dgamma, CLOSE);
            rig.close("dbeta of " + what, dbeta, CLOSE);
        }
    }

    @TestFactory
    default Stream<DynamicTest> batchNormWithALargeMean() {
        return Stream.of(DynamicTest.dynamicTest("mean 1000, deviation 1", () -> {
            var rig = new Rig(device(), 5);
            var spec = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);
            Twin x = rig.numbers(Shape.of(8, 20, 5, 5), 998, 1002, Form.NATIVE);
            Twin y = rig.result(spec, x.ref().shape(), x.mine());
            rig.ref().batchNorm(spec, x.ref(), null, null, null, null, y.ref());
            rig.mine().batchNorm(spec, x.mine(), null, null, null, null, y.mine());
            // x itself is only known to 1000·2⁻²⁴ = 6e-5 of a deviation.
            rig.close("batch norm around 1000", y, 0x1p-13);
        }));
    }

    @TestFactory
    default Stream<DynamicTest> layerNorm() {
        return tests(List.of(Shape.of(3, 4, 5), Shape.of(2, 3, 4, 5), Shape.of(4, 17), Shape.of(1, 129),
                Shape.of(2, 1300), Shape.of(1300, 3)),
                (shape, form) -> {
                    for (int axes = 1; axes < shape.rank(); axes++) {
                        for (Write write : Write.values()) {
                            layer(new LayerNormSpec(axes, 1e-5), shape, form, write);
                        }
                    }
                });
    }

    private void layer(LayerNormSpec spec, Shape shape, Form form, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x " + write;
        Twin x = rig.numbers(shape, form);
        Twin gamma = rig.numbers(spec.normalizedShape(shape), 0.5, 1.5, Form.DENSE);
        Twin beta = rig.numbers(spec.normalizedShape(shape), Form.DENSE);
        Twin y = rig.result(spec, shape, x.mine());
        var refAux = rig.ref().layerNorm(spec, x.ref(), gamma.ref(), beta.ref(), y.ref());
        var mineAux = rig.mine().layerNorm(spec, x.mine(), gamma.mine(), beta.mine(), y.mine());
        rig.close(what, y, CLOSE);
        Twin dy = rig.numbers(shape, form);
        Twin dx = rig.gradient(x, write);
        Twin dgamma = rig.gradient(gamma, write);
        Twin dbeta = rig.gradient(beta, write);
        rig.ref().layerNormBackward(spec, dy.ref(), x.ref(), gamma.ref(), refAux, Rig.ref(dx, write),
                Rig.ref(dgamma, write), Rig.ref(dbeta, write));
        rig.mine().layerNormBackward(spec, dy.mine(), x.mine(), gamma.mine(), mineAux, Rig.mine(dx, write),
                Rig.mine(dgamma, write), Rig.mine(dbeta, write));
        rig.close("dx of " + what, dx, CLOSE);
        rig.close("dgamma of " + what, dgamma, CLOSE);
        rig.close("dbeta of " + what, dbeta, CLOSE);
    }

    @TestFactory
    default Stream<DynamicTest> groupNorm() {
        return tests(List.of(Shape.of(2, 6, 5, 3), Shape.of(3, 12, 4, 4), Shape.of(2, 6), Shape.of(1, 30, 3, 3)),
                (shape, form) -> {
                    for (int groups : new int[] {1, 2, 3}) {
                        for (Write write : Write.values()) {
                            group(new GroupNormSpec(groups, 1e-5), shape, form, write);
                        }
                    }
                });
    }

    private void group(GroupNormSpec spec, Shape shape, Form form, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x " + write;
        Twin x = rig.numbers(shape, form);
        Twin gamma = rig.numbers(Shape.of(shape.dim(1)), 0.5, 1.5, Form.DENSE);
        Twin beta = rig.numbers(Shape.of(shape.dim(1)), Form.DENSE);
        Twin y = rig.result(spec, shape, x.mine());
        var refAux = rig.ref().groupNorm(spec, x.ref(), gamma.ref(), beta.ref(), y.ref());
        var mineAux = rig.mine().groupNorm(spec, x.mine(), gamma.mine(), beta.mine(), y.mine());
        rig.close(what, y, CLOSE);
        Twin dy = rig.numbers(shape, form);
        Twin dx = rig.gradient(x, write);
        Twin dgamma = rig.gradient(gamma, write);
        Twin dbeta = rig.gradient(beta, write);
        rig.ref().groupNormBackward(spec, dy.ref(), x.ref(), gamma.ref(), refAux, Rig.ref(dx, write),
                Rig.ref(dgamma, write), Rig.ref(dbeta, write));
        rig.mine().groupNormBackward(spec, dy.mine(), x.mine(), gamma.mine(), mineAux, Rig.mine(dx, write),
                Rig.mine(dgamma, write), Rig.mine(dbeta, write));
        rig.close("dx of " + what, dx, CLOSE);
        rig.close("dgamma of " + what, dgamma, CLOSE);
        rig.close("dbeta of " + what, dbeta, CLOSE);
    }

    @TestFactory
    default Stream<DynamicTest> localResponseNorm() {
        return tests(List.of(Shape.of(2, 9, 5, 5), Shape.of(1, 17, 3, 4), Shape.of(2, 2, 3, 3)), (shape, form) -> {
            for (var spec : List.of(new LocalResponseNormSpec(5, 1e-4, 0.75, 1),
                    new LocalResponseNormSpec(3, 1, 0.5, 2), new LocalResponseNormSpec(4, 0.5, 0.75, 1))) {
                for (Write write : Write.values()) {
                    var rig = new Rig(device(), shape.hashCode());
                    String what = spec + " of a " + form + " x " + write;
                    Twin x = rig.numbers(shape, form);
                    Twin y = rig.result(spec, shape, x.mine());
                    rig.ref().localResponseNorm(spec, x.ref(), y.ref());
                    rig.mine().localResponseNorm(spec, x.mine(), y.mine());
                    rig.close(what, y, CLOSE);
                    Twin dy = rig.numbers(shape, form);
                    Twin dx = rig.gradient(x, write);
                    rig.ref().localResponseNormBackward(spec, dy.ref(), x.ref(), y.ref(), Rig.ref(dx, write));
                    rig.mine().localResponseNormBackward(spec, dy.mine(), x.mine(), y.mine(), Rig.mine(dx, write));
                    rig.close("dx of " + what, dx, CLOSE);
                }
            }
        });
    }
}
