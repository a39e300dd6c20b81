package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.MoveSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Element-wise kernels against the oracle.
public interface PointwiseContract {
    /// Functions are accurate to some units in the last place of the largest value.
    double CLOSE = 0x1p-17;

    /// The device under test.
    Device device();

    @TestFactory
    default Stream<DynamicTest> unary() {
        return Arrays.stream(Kind.values()).map(kind -> DynamicTest.dynamicTest(kind.name(), () -> {
            for (Shape shape : List.of(Shape.scalar(), Shape.of(1), Shape.of(67), Shape.of(3, 17, 5, 7),
                    Shape.of(2, 16, 4, 4))) {
                for (Form form : Form.values()) {
                    unary(spec(kind), shape, form);
                }
            }
        }));
    }

    /// The function with sensible parameters.
    private static UnarySpec spec(Kind kind) {
        return switch (kind) {
            case SCALED_TANH -> new UnarySpec(kind, 1.7159, 2.0 / 3);
            case HARDTANH -> new UnarySpec(kind, -0.5, 1.25);
            case CLIP -> new UnarySpec(kind, 0.25, 1.5);
            case LEAKY_RELU -> new UnarySpec(kind, 0.1, 0);
            case ELU -> new UnarySpec(kind, 0.7, 0);
            case SOFTPLUS -> new UnarySpec(kind, 2, 20);
            case POW -> new UnarySpec(kind, 1.7, 0);
            case AFFINE -> new UnarySpec(kind, -3, 0.5);
            default -> UnarySpec.of(kind);
        };
    }

    private void unary(UnarySpec spec, Shape shape, Form form) {
        var rig = new Rig(device(), shape.hashCode());
        boolean positive = switch (spec.kind()) {
            case LOG, LOG1P, SQRT, RSQRT, POW, RECIPROCAL -> true;
            default -> false;
        };
        Twin x = rig.numbers(shape, positive ? 0.3 : -4, 4, form);
        Twin y = rig.result(spec, shape, x.mine());
        rig.ref().unary(spec, x.ref(), y.ref());
        rig.mine().unary(spec, x.mine(), y.mine());
        rig.close(spec + " of a " + form + " x " + shape, y, CLOSE);
        Twin dy = rig.numbers(shape, form);
        boolean usesOutput = spec.kind().usesOutput();
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            rig.ref().unaryBackward(spec, usesOutput ? null : x.ref(), usesOutput ? y.ref() : null, dy.ref(),
                    Rig.ref(dx, write));
            rig.mine().unaryBackward(spec, usesOutput ? null : x.mine(), usesOutput ? y.mine() : null, dy.mine(),
                    Rig.mine(dx, write));
            rig.close("gradient " + write + " of " + spec + " of a " + form + " x " + shape, dx, CLOSE);
        }
    }

    /// Operand shapes that broadcast in every way.
    record Operands(Shape a, Shape b) {
        private static List<Operands> all() {
            return List.of(new Operands(Shape.of(3, 4), Shape.of(3, 4)),
                    new Operands(Shape.of(2, 3, 4), Shape.of(3, 1)), new Operands(Shape.of(2, 1, 4), Shape.of(3, 1)),
                    new Operands(Shape.scalar(), Shape.of(2, 3)), new Operands(Shape.of(2, 5, 3, 3), Shape.of(1, 5, 1,
                            1)),
                    new Operands(Shape.of(2, 17, 6, 5), Shape.of(2, 17, 6, 5)),
                    new Operands(Shape.of(2, 16, 4, 4), Shape.scalar()), new Operands(Shape.of(67), Shape.of(5, 67)));
        }
    }

    @TestFactory
    default Stream<DynamicTest> binary() {
        return Arrays.stream(BinarySpec.Kind.values()).flatMap(kind -> Operands.all().stream()
                .map(o -> DynamicTest.dynamicTest(kind + " " + o, () -> {
                    for (Form form : Form.values()) {
                        for (Write write : Write.values()) {
                            binary(new BinarySpec(kind), o, form, write);
                        }
                    }
                })));
    }

    private void binary(BinarySpec spec, Operands o, Form form, Write write) {
        var rig = new Rig(device(), o.hashCode());
        boolean ties = spec.kind() == BinarySpec.Kind.MAXIMUM || spec.kind() == BinarySpec.Kind.MINIMUM;
        Twin a = ties ? rig.ties(o.a, form) : rig.numbers(o.a, 0.4, 2, form);
        Twin b = ties ? rig.ties(o.b, form) : rig.numbers(o.b, 0.4, 2, form);
        Shape out = spec.outputShape(o.a, o.b);
        Twin y = rig.result(spec, out, a.mine(), b.mine());
        rig.ref().binary(spec, a.ref(), b.ref(), y.ref());
        rig.mine().binary(spec, a.mine(), b.mine(), y.mine());
        rig.close(spec + " of " + form + " operands", y, CLOSE);
        Twin dy = rig.numbers(out, form);
        for (int wanted = 1; wanted <= 3; wanted++) {
            Twin da = (wanted & 1) == 0 ? null : rig.gradient(a, write);
            Twin db = (wanted & 2) == 0 ? null : rig.gradient(b, write);
            rig.ref().binaryBackward(spec, a.ref(), b.ref(), dy.ref(), Rig.ref(da, write), Rig.ref(db, write));
            rig.mine().binaryBackward(spec, a.mine(), b.mine(), dy.mine(), Rig.mine(da, write), Rig.mine(db, write));
            if (da != null) {
                rig.close("da " + write + " of " + spec + " of " + form + " operands", da, CLOSE);
            }
            if (db != null) {
                rig.close("db " + write + " of " + spec + " of " + form + " operands", db, CLOSE);
            }
        }
    }

    /// In `x·x` both gradients go into one array: the first is set, the second added.
    @TestFactory
    default Stream<DynamicTest> bothGradientsIntoOneArray() {
        return Stream.of(DynamicTest.dynamicTest("x·x", () -> {
            var rig = new Rig(device(), 3);
            Twin x = rig.numbers(Shape.of(2, 17, 5, 3), Form.NATIVE);
            Twin dy = rig.numbers(x.ref().shape(), Form.NATIVE);
            Twin dx = rig.gradient(x, Write.SET);
            rig.ref().binaryBackward(BinarySpec.MUL, x.ref(), x.ref(), dy.ref(), Target.set(dx.ref()),
                    Target.add(dx.ref()));
            rig.mine().binaryBackward(BinarySpec.MUL, x.mine(), x.mine(), dy.mine(), Target.set(dx.mine()),
                    Target.add(dx.mine()));
            rig.close("gradient of x·x", dx, CLOSE);
        }));
    }

    @TestFactory
    default Stream<DynamicTest> where() {
        return Operands.all().stream().map(o -> DynamicTest.dynamicTest(o.toString(), () -> {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    var rig = new Rig(device(), o.hashCode());
                    var spec = new MoveSpec("where");
                    Twin a = rig.numbers(o.a, form);
                    Twin b = rig.numbers(o.b, form);
                    Shape out = Shape.broadcast("where", o.a, o.b);
                    Twin condition = rig.integers(o.a, 2);
                    Twin y = rig.result(spec, out, a.mine(), b.mine());
                    rig.ref().where(condition.ref(), a.ref(), b.ref(), y.ref());
                    rig.mine().where(condition.mine(), a.mine(), b.mine(), y.mine());
                    rig.equal("where of " + form + " operands", y);
                    Twin dy = rig.numbers(out, form);
                    Twin da = rig.gradient(a, write);
                    Twin db = rig.gradient(b, write);
                    rig.ref().whereBackward(condition.ref(), dy.ref(), Rig.ref(da, write), Rig.ref(db, write));
                    rig.mine().whereBackward(condition.mine(), dy.mine(), Rig.mine(da, write), Rig.mine(db, write));
                    rig.close("da of where " + write, da);
                    rig.close("db of where " + write, db);
                }
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> dropout() {
        return Stream.of(0.0, 0.3, 0.5, 1.0).map(p -> DynamicTest.dynamicTest("p = " + p, () -> {
            for (Shape shape : List.of(Shape.of(67), Shape.of(5, 33), Shape.of(2, 17, 5, 3))) {
                for (Form form : Form.values()) {
                    var rig = new Rig(device(), shape.hashCode());
                    var spec = new DropoutSpec(p, 42, 7);
                    Twin x = rig.numbers(shape, form);
                    Twin y = rig.result(spec, shape, x.mine());
                    rig.ref().dropout(spec, x.ref(), y.ref());
                    rig.mine().dropout(spec, x.mine(), y.mine());
                    rig.close("dropout of a " + form + " x " + shape, y);
                    Twin dy = rig.numbers(shape, form);
                    for (Write write : Write.values()) {
                        Twin dx = rig.gradient(x, write);
                        rig.ref().dropoutBackward(spec, dy.ref(), Rig.ref(dx, write));
                        rig.mine().dropoutBackward(spec, dy.mine(), Rig.mine(dx, write));
                        rig.close("gradient " + write + " of dropout of a " + form + " x " + shape, dx);
                    }
                }
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> copy() {
        return Stream.of(Shape.scalar(), Shape.of(67), Shape.of(5, 33), Shape.of(2, 17, 5, 3), Shape.of(0, 3))
                .map(shape -> DynamicTest.dynamicTest(shape.toString(), () -> {
                    for (Form from : Form.values()) {
                        for (Form to : Form.values()) {
                            var rig = new Rig(device(), shape.hashCode());
                            Twin x = rig.numbers(shape, from);
                            Twin y = rig.numbers(shape, to);
                            rig.ref().copy(x.ref(), y.ref(), Write.ADD);
                            rig.mine().copy(x.mine(), y.mine(), Write.ADD);
                            rig.close(from + " added to " + to, y);
                            rig.ref().copy(x.ref(), y.ref(), Write.SET);
                            rig.mine().copy(x.mine(), y.mine(), Write.SET);
                            rig.equal(from + " copied to " + to, y);
                            rig.ref().fill(-1.5, y.ref());
                            rig.mine().fill(-1.5, y.mine());
                            rig.equal("fill of a " + to + " array", y);
                        }
                    }
                }));
    }

    @Test
    default void integersAreCopiedAndAdded() {
        var rig = new Rig(device(), 12);
        Twin x = rig.integers(Shape.of(5, 33), 1000);
        Twin y = rig.integers(Shape.of(5, 33), 1000);
        rig.ref().copy(x.ref(), y.ref(), Write.ADD);
        rig.mine().copy(x.mine(), y.mine(), Write.ADD);
        rig.equal("integers added", y);
        rig.ref().copy(x.ref(), y.ref(), Write.SET);
        rig.mine().copy(x.mine(), y.mine(), Write.SET);
        rig.equal("integers copied", y);
    }

    /// A repeated operand has strides of 0.
    @TestFactory
    default Stream<DynamicTest> readsExpandedArrays() {
        return Stream.of(DynamicTest.dynamicTest("[3, 1] as [2, 3, 5]", () -> {
            var rig = new Rig(device(), 11);
            Twin column = rig.numbers(Shape.of(3, 1), Form.DENSE);
            Shape shape = Shape.of(2, 3, 5);
            NDArray ref = column.ref().expand(shape);
            NDArray mine = column.mine().expand(shape);
            Twin y = rig.result(UnarySpec.RELU, shape, mine);
            rig.ref().unary(UnarySpec.RELU, ref, y.ref());
            rig.mine().unary(UnarySpec.RELU, mine, y.mine());
            rig.equal("relu of an expanded array", y);
            rig.ref().copy(ref, y.ref(), Write.ADD);
            rig.mine().copy(mine, y.mine(), Write.ADD);
            rig.close("expanded array added", y);
        }));
    }
}
