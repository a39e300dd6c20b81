package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Pooling against the oracle; ties and the choice of the first winner included.
public interface PoolContract {
    /// The device under test.
    Device device();

    /// One geometry.
    record Case(Shape x, Pool2dSpec spec) {
        private static List<Case> all() {
            var cases = new ArrayList<Case>();
            for (PoolKind kind : PoolKind.values()) {
                cases.add(of(kind, Shape.of(2, 6, 28, 28), 2, 2, 0, 1, false, true));
                cases.add(of(kind, Shape.of(1, 1, 1, 1), 1, 1, 0, 1, false, true));
                cases.add(of(kind, Shape.of(2, 17, 13, 13), 3, 2, 1, 1, false, true));
                cases.add(of(kind, Shape.of(1, 16, 9, 9), 3, 1, 1, 1, false, false));
                cases.add(of(kind, Shape.of(3, 5, 8, 6), 2, 3, 1, 1, true, true));
                cases.add(of(kind, Shape.of(1, 33, 7, 9), 2, 2, 0, 1, true, false));
                cases.add(of(kind, Shape.of(1, 3, 5, 5), 5, 1, 0, 1, false, true));
                // Rounding up, even the only window may reach beyond the image.
                cases.add(of(kind, Shape.of(2, 17, 2, 2), 3, 2, 0, 1, true, true));
                cases.add(of(kind, Shape.of(1, 3, 2, 2), 3, 2, 0, 1, true, false));
            }
            cases.add(of(PoolKind.MAX, Shape.of(1, 3, 12, 12), 3, 2, 1, 2, false, true));
            var random = new Rig(Device.ref(), 4711);
            while (cases.size() < 40) {
                PoolKind kind = random.oneOf(PoolKind.values());
                var kernel = Pair.of(random.between(1, 4), random.between(1, 4));
                var spec = new Pool2dSpec(kind, kernel, Pair.of(random.between(1, 3), random.between(1, 3)),
                        Pair.of(random.between(0, kernel.h() / 2), random.between(0, kernel.w() / 2)), Pair.ONE,
                        random.below(2) == 0, random.below(2) == 0);
                cases.add(new Case(Shape.of(random.between(1, 3), random.between(1, 35), random.between(4, 12),
                        random.between(4, 12)), spec));
            }
            return cases;
        }

        private static Case of(PoolKind kind, Shape x, int kernel, int stride, int pad, int dilation, boolean ceil,
                boolean countPad) {
            return new Case(x, new Pool2dSpec(kind, Pair.of(kernel), Pair.of(stride), Pair.of(pad), Pair.of(dilation),
                    ceil, countPad));
        }

        @Override
        public String toString() {
            return "x " + x + ", " + spec;
        }
    }

    @TestFactory
    default Stream<DynamicTest> pooling() {
        return Case.all().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    pool(c, form, write, false);
                    pool(c, form, write, true);
                }
            }
        }));
    }

    private void pool(Case c, Form form, Write write, boolean ties) {
        var rig = new Rig(device(), c.hashCode());
        var spec = c.spec;
        String what = spec.opName() + " " + write + " of a " + form + (ties ? " x with ties" : " x");
        Twin x = ties ? rig.ties(c.x, form) : rig.numbers(c.x, form);
        Twin y = rig.result(spec, spec.outputShape(c.x), x.mine());
        var refAux = rig.ref().pool2d(spec, x.ref(), y.ref());
        var mineAux = rig.mine().pool2d(spec, x.mine(), y.mine());
        rig.close(what, y);
        rig.mine().fill(Double.NaN, y.mine());
        rig.mine().pool2dValues(spec, x.mine(), y.mine());
        rig.close("values of " + what, y);
        Twin dy = rig.numbers(y.ref().shape(), form);
        Twin dx = rig.gradient(x, write);
        var refKeeps = rig.ref().poolKeeps(spec);
        var mineKeeps = rig.mine().poolKeeps(spec);
        rig.ref().pool2dBackward(spec, dy.ref(), refKeeps.x() ? x.ref() : null, refKeeps.y() ? y.ref() : null, refAux,
                Rig.ref(dx, write));
        rig.mine().pool2dBackward(spec, dy.mine(), mineKeeps.x() ? x.mine() : null, mineKeeps.y() ? y.mine() : null,
                mineAux, Rig.mine(dx, write));
        rig.close("gradient of " + what, dx);
        if (spec.kind() == PoolKind.MAX) {
            Twin at = rig.positions(y.ref().shape());
            rig.ref().pool2dIndices(spec, x.ref(), at.ref());
            rig.mine().pool2dIndices(spec, x.mine(), at.mine());
            rig.equal("winners of " + what, at);
        }
    }

    @TestFactory
    default Stream<DynamicTest> aNanWins() {
        return Stream.of(DynamicTest.dynamicTest("max pool of NaN", () -> {
            var rig = new Rig(device(), 1);
            var spec = Pool2dSpec.max(2, 2, 0);
            Twin x = rig.twin(new float[] {1, Float.NaN, 3, 4, 5, 6, 7, 8}, Shape.of(1, 1, 2, 4), Form.NATIVE);
            Twin y = rig.result(spec, Shape.of(1, 1, 1, 2), x.mine());
            rig.ref().pool2d(spec, x.ref(), y.ref());
            rig.mine().pool2d(spec, x.mine(), y.mine());
            rig.equal("max pool of NaN", y);
            rig.mine().fill(0, y.mine());
            rig.mine().pool2dValues(spec, x.mine(), y.mine());
            rig.equal("values of a max pool of NaN", y);
        }));
    }

    @TestFactory
    default Stream<DynamicTest> adaptivePooling() {
        record Adaptive(Shape x, int h, int w) {
        }
        return Stream.of(new Adaptive(Shape.of(2, 17, 7, 7), 1, 1), new Adaptive(Shape.of(2, 3, 7, 11), 2, 3),
                new Adaptive(Shape.of(1, 5, 13, 9), 5, 4), new Adaptive(Shape.of(2, 2, 3, 3), 7, 7),
                new Adaptive(Shape.of(1, 16, 6, 6), 6, 6))
                .map(a -> DynamicTest.dynamicTest(a.toString(), () -> {
                    for (PoolKind kind : PoolKind.values()) {
                        for (Form form : Form.values()) {
                            for (Write write : Write.values()) {
                                adaptive(new AdaptivePool2dSpec(kind, Pair.of(a.h, a.w)), a.x, form, write);
                            }
                        }
                    }
                }));
    }

    private void adaptive(AdaptivePool2dSpec spec, Shape shape, Form form, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec.opName() + " " + write + " of a " + form + " x";
        Twin x = rig.ties(shape, form);
        Twin y = rig.result(spec, spec.outputShape(shape), x.mine());
        var refAux = rig.ref().adaptivePool2d(spec, x.ref(), y.ref());
        var mineAux = rig.mine().adaptivePool2d(spec, x.mine(), y.mine());
        rig.close(what, y);
        Twin dy = rig.numbers(y.ref().shape(), form);
        Twin dx = rig.gradient(x, write);
        var refKeeps = rig.ref().adaptivePoolKeeps(spec);
        var mineKeeps = rig.mine().adaptivePoolKeeps(spec);
        rig.ref().adaptivePool2dBackward(spec, dy.ref(), refKeeps.x() ? x.ref() : null,
                refKeeps.y() ? y.ref() : null, refAux, Rig.ref(dx, write));
        rig.mine().adaptivePool2dBackward(spec, dy.mine(), mineKeeps.x() ? x.mine() : null,
                mineKeeps.y() ? y.mine() : null, mineAux, Rig.mine(dx, write));
        rig.close("gradient of " + what, dx);
        if (spec.kind() == PoolKind.MAX) {
            Twin at = rig.positions(y.ref().shape());
            rig.ref().adaptivePool2dIndices(spec, x.ref(), at.ref());
            rig.mine().adaptivePool2dIndices(spec, x.mine(), at.mine());
            rig.equal("winners of " + what, at);
        }
    }
}
