package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Reductions, softmax and cumsum against the oracle.
public interface ReduceContract {
    /// As for sums, with room for an exponential or a root.
    double CLOSE = 0x1p-17;

    /// The device under test.
    Device device();

    /// An array and the axes to reduce (none: all).
    record Case(Shape x, List<Integer> axes) {
        private static List<Case> all() {
            return List.of(new Case(Shape.of(7), List.of()), new Case(Shape.of(3, 4, 5), List.of(1)),
                    new Case(Shape.of(3, 4, 5), List.of(2)), new Case(Shape.of(3, 4, 5), List.of(0)),
                    new Case(Shape.of(3, 4, 5), List.of(0, 2)), new Case(Shape.of(3, 4, 5), List.of()),
                    new Case(Shape.of(2, 17, 5, 3), List.of(1)), new Case(Shape.of(2, 17, 5, 3), List.of(2, 3)),
                    new Case(Shape.of(2, 17, 5, 3), List.of(0, 2, 3)), new Case(Shape.of(65, 1001), List.of()),
                    new Case(Shape.of(1, 1), List.of(1)), new Case(Shape.of(33, 100), List.of(0)));
        }

        private int[] axesArray() {
            return axes.stream().mapToInt(i -> i).toArray();
        }
    }

    @TestFactory
    default Stream<DynamicTest> reductions() {
        return Arrays.stream(Kind.values()).flatMap(kind -> Case.all().stream()
                // The product of 65065 numbers is 0 or infinite, and one number has no unbiased variance.
                .filter(c -> kind != Kind.PROD || c.x.size() < 1000)
                .filter(c -> kind != Kind.VAR && kind != Kind.STD || c.x.size() > 1)
                .map(c -> DynamicTest.dynamicTest(kind + " " + c, () -> {
                    for (Form form : Form.values()) {
                        for (boolean keep : new boolean[] {false, true}) {
                            reduce(ReduceSpec.of(kind, c.x, keep, keep, c.axesArray()), c.x, form);
                        }
                    }
                })));
    }

    private void reduce(ReduceSpec spec, Shape shape, Form form) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x " + shape;
        boolean selects = switch (spec.kind()) {
            case MAX, MIN, AMAX, AMIN, ARGMAX, ARGMIN -> true;
            case SUM, MEAN, PROD, VAR, STD, NORM2, LOGSUMEXP -> false;
        };
        Twin x = selects ? rig.ties(shape, form) : rig.numbers(shape, 0.5, 1.5, form);
        Shape out = spec.outputShape(shape);
        if (spec.kind() == Kind.ARGMAX || spec.kind() == Kind.ARGMIN) {
            if (spec.axes().list().size() == 1 || spec.axes().list().size() == shape.rank()) {
                Twin at = rig.positions(out);
                rig.ref().reduce(spec, x.ref(), at.ref(), null);
                rig.mine().reduce(spec, x.mine(), at.mine(), null);
                rig.equal(what, at);
            }
            return;
        }
        boolean withIndices = (spec.kind() == Kind.MAX || spec.kind() == Kind.MIN) && spec.axes().list().size() == 1;
        Twin y = new Twin(NDArray.full(out, Double.NaN, DType.FLOAT32, Device.ref()),
                NDArray.full(out, Double.NaN, DType.FLOAT32, device()));
        Twin at = withIndices ? rig.positions(out) : null;
        rig.ref().reduce(spec, x.ref(), y.ref(), Twin.ref(at));
        rig.mine().reduce(spec, x.mine(), y.mine(), Twin.mine(at));
        rig.close(what, y, CLOSE);
        if (withIndices) {
            rig.equal("winners of " + what, at);
        }
        Twin dy = rig.numbers(out, Form.DENSE);
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            rig.ref().reduceBackward(spec, x.ref(), y.ref(), dy.ref(), Rig.ref(dx, write));
            rig.mine().reduceBackward(spec, x.mine(), y.mine(), dy.mine(), Rig.mine(dx, write));
            rig.close("gradient " + write + " of " + what, dx, CLOSE);
        }
    }

    @TestFactory
    default Stream<DynamicTest> softmax() {
        return Stream.of(Shape.of(7), Shape.of(4, 10), Shape.of(5, 1), Shape.of(2, 17, 4, 5), Shape.of(3, 1000))
                .map(shape -> DynamicTest.dynamicTest("x " + shape, () -> {
                    for (int axis = 0; axis < shape.rank(); axis++) {
                        for (boolean log : new boolean[] {false, true}) {
                            for (Form form : Form.values()) {
                                softmax(new SoftmaxSpec(axis, log), shape, form, 3);
                                softmax(new SoftmaxSpec(axis, log), shape, form, 500);
                            }
                        }
                    }
                }));
    }

    private void softmax(SoftmaxSpec spec, Shape shape, Form form, double range) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x " + shape + " up to " + range;
        Twin x = rig.numbers(shape, -range, range, form);
        Twin y = rig.result(spec, shape, x.mine());
        rig.ref().softmax(spec, x.ref(), y.ref());
        rig.mine().softmax(spec, x.mine(), y.mine());
        rig.close(what, y, CLOSE);
        Twin dy = rig.numbers(shape, form);
        for (Write write : Write.values()) {
            // Both start from the same output, so that this compares the gradient alone.
            Twin same = rig.twin(y.ref().toFloats(), shape, form);
            Twin dx = rig.gradient(x, write);
            rig.ref().softmaxBackward(spec, same.ref(), dy.ref(), Rig.ref(dx, write));
            rig.mine().softmaxBackward(spec, same.mine(), dy.mine(), Rig.mine(dx, write));
            rig.close("gradient " + write + " of " + what, dx, CLOSE);
        }
    }

    @TestFactory
    default Stream<DynamicTest> cumsum() {
        return Stream.of(Shape.of(7), Shape.of(3, 70), Shape.of(2, 17, 4, 5))
                .map(shape -> DynamicTest.dynamicTest("x " + shape, () -> {
                    for (int axis = 0; axis < shape.rank(); axis++) {
                        for (Form form : Form.values()) {
                            var spec = new CumsumSpec(axis);
                            var rig = new Rig(device(), shape.hashCode());
                            Twin x = rig.numbers(shape, form);
                            Twin y = rig.result(spec, shape, x.mine());
                            rig.ref().cumsum(spec, x.ref(), y.ref());
                            rig.mine().cumsum(spec, x.mine(), y.mine());
                            rig.close(spec + " of a " + form + " x", y, CLOSE);
                            Twin dy = rig.numbers(shape, form);
                            for (Write write : Write.values()) {
                                Twin dx = rig.gradient(x, write);
                                rig.ref().cumsumBackward(spec, dy.ref(), Rig.ref(dx, write));
                                rig.mine().cumsumBackward(spec, dy.mine(), Rig.mine(dx, write));
                                rig.close("gradient " + write + " of " + spec + " of a " + form + " x", dx, CLOSE);
                            }
                        }
                    }
                }));
    }
}
