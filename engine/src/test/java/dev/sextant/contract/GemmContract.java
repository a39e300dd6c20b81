package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Matrix products against the oracle.
public interface GemmContract {
    /// The device under test.
    Device device();

    /// `[M, K]·[K, N]`.
    record Size(int m, int k, int n) {
        private static List<Size> all() {
            var sizes = new ArrayList<>(List.of(new Size(1, 1, 1), new Size(1, 7, 1), new Size(5, 1, 3),
                    new Size(2, 400, 120), new Size(16, 16, 16), new Size(17, 33, 15), new Size(31, 64, 32),
                    new Size(64, 65, 63), new Size(128, 130, 97), new Size(1, 513, 257), new Size(260, 3, 1),
                    new Size(6, 300, 48), new Size(13, 784, 10), new Size(100, 1, 100)));
            var random = new Rig(Device.ref(), 99);
            for (int i = 0; i < 12; i++) {
                sizes.add(new Size(random.between(1, 70), random.between(1, 150), random.between(1, 70)));
            }
            return sizes;
        }
    }

    @TestFactory
    default Stream<DynamicTest> matmul() {
        return Size.all().stream().map(s -> DynamicTest.dynamicTest(s.toString(), () -> {
            for (boolean transposeA : new boolean[] {false, true}) {
                for (boolean transposeB : new boolean[] {false, true}) {
                    var spec = new MatmulSpec(transposeA, transposeB);
                    Shape a = transposeA ? Shape.of(s.k, s.m) : Shape.of(s.m, s.k);
                    Shape b = transposeB ? Shape.of(s.n, s.k) : Shape.of(s.k, s.n);
                    for (Form form : Form.values()) {
                        product(spec, a, b, form, Write.SET);
                        product(spec, a, b, form, Write.ADD);
                    }
                }
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> batchedMatmul() {
        record Batch(Shape a, Shape b) {
        }
        return Stream.of(new Batch(Shape.of(3, 4, 5), Shape.of(3, 5, 2)),
                new Batch(Shape.of(2, 1, 3, 4), Shape.of(5, 4, 2)), new Batch(Shape.of(3, 4), Shape.of(6, 4, 5)),
                new Batch(Shape.of(7, 17, 9), Shape.of(9, 33)),
                new Batch(Shape.of(3, 1, 5, 2), Shape.of(4, 2, 3)))
                .map(b -> DynamicTest.dynamicTest(b.toString(), () -> {
                    for (Form form : List.of(Form.DENSE, Form.TRANSPOSED, Form.SLICED)) {
                        product(MatmulSpec.PLAIN, b.a, b.b, form, Write.SET);
                        product(MatmulSpec.PLAIN, b.a, b.b, form, Write.ADD);
                    }
                }));
    }

    private void product(MatmulSpec spec, Shape shapeA, Shape shapeB, Form form, Write write) {
        var rig = new Rig(device(), 31 * shapeA.hashCode() + shapeB.hashCode());
        Twin a = rig.numbers(shapeA, form);
        Twin b = rig.numbers(shapeB, form);
        Twin y = rig.gradient(rig.numbers(spec.outputShape(shapeA, shapeB), Form.DENSE), write);
        rig.ref().matmul(spec, a.ref(), b.ref(), y.ref(), write);
        rig.mine().matmul(spec, a.mine(), b.mine(), y.mine(), write);
        rig.close("matmul " + spec + " " + write + " of " + form + " operands", y);
    }

    @TestFactory
    default Stream<DynamicTest> linear() {
        return Size.all().stream().map(s -> DynamicTest.dynamicTest("x [%d, %d], w [%d, %d]".formatted(s.m, s.k, s.n,
                s.k), () -> {
                    for (Form form : Form.values()) {
                        for (UnarySpec act : List.of(UnarySpec.IDENTITY, UnarySpec.RELU, UnarySpec.SIGMOID)) {
                            forward(new LinearSpec(act), s, true, form);
                            forward(new LinearSpec(act), s, false, form);
                        }
                        for (Write write : Write.values()) {
                            gradients(s, form, write);
                        }
                    }
                }));
    }

    private void forward(LinearSpec spec, Size s, boolean withBias, Form form) {
        var rig = new Rig(device(), s.hashCode());
        Twin x = rig.numbers(Shape.of(s.m, s.k), form);
        // Scaled so that the sums stay near 1: an activation flattens large sums, and the comparison is relative to
        // its result, while rounding is relative to the sum.
        double reach = 2 / Math.sqrt(Math.max(1, s.k));
        Twin w = rig.numbers(Shape.of(s.n, s.k), -reach, reach, form);
        Twin bias = withBias ? rig.numbers(Shape.of(s.n), Form.DENSE) : null;
        Twin y = rig.result(spec, Shape.of(s.m, s.n), x.mine(), w.mine());
        rig.ref().linear(spec, x.ref(), w.ref(), Twin.ref(bias), y.ref());
        rig.mine().linear(spec, x.mine(), w.mine(), Twin.mine(bias), y.mine());
        rig.close("linear of a " + form + " x", y);
    }

    private void gradients(Size s, Form form, Write write) {
        var rig = new Rig(device(), s.hashCode());
        Twin x = rig.numbers(Shape.of(s.m, s.k), form);
        Twin w = rig.numbers(Shape.of(s.n, s.k), form);
        Twin dz = rig.numbers(Shape.of(s.m, s.n), form);
        Twin dx = rig.gradient(x, write);
        rig.ref().linearBackwardData(LinearSpec.PLAIN, dz.ref(), w.ref(), Rig.ref(dx, write));
        rig.mine().linearBackwardData(LinearSpec.PLAIN, dz.mine(), w.mine(), Rig.mine(dx, write));
        rig.close("linearBackwardData " + write + " of a " + form + " dz", dx);
        Twin dw = rig.gradient(w, write);
        rig.ref().linearBackwardWeight(LinearSpec.PLAIN, dz.ref(), x.ref(), Rig.ref(dw, write));
        rig.mine().linearBackwardWeight(LinearSpec.PLAIN, dz.mine(), x.mine(), Rig.mine(dw, write));
        rig.close("linearBackwardWeight " + write + " of a " + form + " dz", dw);
        Twin dbias = rig.gradient(rig.numbers(Shape.of(s.n), Form.DENSE), write);
        rig.ref().linearBackwardBias(LinearSpec.PLAIN, dz.ref(), Rig.ref(dbias, write));
        rig.mine().linearBackwardBias(LinearSpec.PLAIN, dz.mine(), Rig.mine(dbias, write));
        rig.close("linearBackwardBias " + write + " of a " + form + " dz", dbias);
    }
}
