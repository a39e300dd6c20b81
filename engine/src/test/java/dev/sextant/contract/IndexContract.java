package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.spi.IndexKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Selection, padding and resizing against the oracle.
public interface IndexContract {
    /// The device under test.
    Device device();

    /// A kernel from `x` to `y`, its index (if any) being bound.
    @FunctionalInterface
    interface Forward {
        void run(IndexKernels kernels, NDArray index, NDArray x, NDArray y);
    }

    /// Its gradient kernel.
    @FunctionalInterface
    interface BackwardKernel {
        void run(IndexKernels kernels, NDArray index, NDArray dy, Target dx);
    }

    private void compare(OpSpec spec, Shape shape, Shape out, Twin index, Form form, Forward forward,
            BackwardKernel backward) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x " + shape;
        Twin x = rig.numbers(shape, form);
        Twin y = rig.result(spec, out, x.mine());
        forward.run(rig.ref(), Twin.ref(index), x.ref(), y.ref());
        forward.run(rig.mine(), Twin.mine(index), x.mine(), y.mine());
        rig.close(what, y);
        Twin dy = rig.numbers(out, form);
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            backward.run(rig.ref(), Twin.ref(index), dy.ref(), Rig.ref(dx, write));
            backward.run(rig.mine(), Twin.mine(index), dy.mine(), Rig.mine(dx, write));
            rig.close("gradient " + write + " of " + what, dx);
        }
    }

    @TestFactory
    default Stream<DynamicTest> indexSelect() {
        return Stream.of(Shape.of(4), Shape.of(4, 5, 6), Shape.of(3, 17, 4, 5))
                .map(shape -> DynamicTest.dynamicTest("x " + shape, () -> {
                    for (int axis = 0; axis < shape.rank(); axis++) {
                        for (Form form : Form.values()) {
                            var spec = new IndexSelectSpec(axis);
                            Twin index = new Rig(device(), axis).integers(Shape.of(7), shape.dim(axis));
                            compare(spec, shape, spec.outputShape(shape, Shape.of(7)), index, form,
                                    (k, i, x, y) -> k.indexSelect(spec, x, i, y),
                                    (k, i, dy, dx) -> k.indexSelectBackward(spec, dy, i, dx));
                        }
                    }
                }));
    }

    @TestFactory
    default Stream<DynamicTest> gather() {
        return Stream.of(Shape.of(4), Shape.of(4, 5), Shape.of(4, 5, 6), Shape.of(3, 17, 4, 5))
                .map(shape -> DynamicTest.dynamicTest("x " + shape, () -> {
                    for (int axis = 0; axis < shape.rank(); axis++) {
                        for (Form form : Form.values()) {
                            var spec = new GatherSpec(axis);
                            Shape out = shape.with(axis, 3);
                            Twin index = new Rig(device(), axis).integers(out, shape.dim(axis));
                            compare(spec, shape, out, index, form, (k, i, x, y) -> k.gather(spec, x, i, y),
                                    (k, i, dy, dx) -> k.gatherBackward(spec, dy, i, dx));
                        }
                    }
                }));
    }

    @Test
    default void oneHot() {
        var rig = new Rig(device(), 8);
        var spec = new OneHotSpec(10);
        Twin labels = rig.integers(Shape.of(3, 7), 10);
        Twin y = rig.result(spec, Shape.of(3, 7, 10));
        rig.ref().oneHot(spec, labels.ref(), y.ref());
        rig.mine().oneHot(spec, labels.mine(), y.mine());
        rig.equal("one_hot", y);
    }

    @Test
    default void anIndexOutsideItsAxisIsNamed() {
        NDArray x = NDArray.zeros(Shape.of(3, 2), DType.FLOAT32, device());
        NDArray y = NDArray.zeros(Shape.of(2, 2), DType.FLOAT32, device());
        NDArray index = NDArray.of(new int[] {1, 3}, Shape.of(2), device());
        var e = assertThrows(DataException.class,
                () -> device().kernels().indexSelect(new IndexSelectSpec(0), x, index, y));
        assertTrue(e.getMessage().contains("index 3") && e.getMessage().contains("0..2"), e.getMessage());
        var label = assertThrows(DataException.class,
                () -> device().kernels().oneHot(new OneHotSpec(2), index, y));
        assertTrue(label.getMessage().contains("index 3") && label.getMessage().contains("0..1"),
                label.getMessage());
    }

    @TestFactory
    default Stream<DynamicTest> pad() {
        return Stream.of(new PadSpec(PadSpec.Mode.CONSTANT, 1, 2, 3, 0, 0),
                new PadSpec(PadSpec.Mode.CONSTANT, 0, 1, 2, 2, -1.5), new PadSpec(PadSpec.Mode.REFLECT, 2, 1, 1, 3, 0),
                new PadSpec(PadSpec.Mode.REPLICATE, 3, 1, 0, 2, 0), new PadSpec(PadSpec.Mode.CONSTANT, -1, 2, 0, -1, 0))
                .map(spec -> DynamicTest.dynamicTest(spec.toString(), () -> {
                    for (Shape shape : List.of(Shape.of(5, 6), Shape.of(2, 17, 5, 4))) {
                        for (Form form : Form.values()) {
                            compare(spec, shape, spec.outputShape(shape), null, form, (k, i, x, y) -> k.pad(spec, x, y),
                                    (k, i, dy, dx) -> k.padBackward(spec, dy, dx));
                        }
                    }
                }));
    }

    @TestFactory
    default Stream<DynamicTest> resize() {
        return Stream.of(Pair.of(8, 10), Pair.of(3, 8), Pair.of(5, 13), Pair.of(1, 1), Pair.of(4, 5))
                .map(size -> DynamicTest.dynamicTest("to " + size, () -> {
                    for (Shape shape : List.of(Shape.of(2, 3, 4, 5), Shape.of(1, 17, 7, 9), Shape.of(1, 1, 1, 1))) {
                        for (Form form : Form.values()) {
                            for (int mode = 0; mode < 3; mode++) {
                                var spec = new ResizeSpec(size, mode > 0, mode == 2);
                                compare(spec, shape, spec.outputShape(shape), null, form,
                                        (k, i, x, y) -> k.resize(spec, x, y),
                                        (k, i, dy, dx) -> k.resizeBackward(spec, dy, dx));
                            }
                        }
                    }
                }));
    }
}
