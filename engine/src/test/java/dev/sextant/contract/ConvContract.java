package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Convolution and its three gradients against the oracle.
public interface ConvContract {
    /// The device under test.
    Device device();

    /// One geometry.
    record Case(Shape x, Shape w, boolean bias, Conv2dSpec spec) {
        static Case of(int n, int c, int h, int width, int k, int r, int s, int stride, int pad, int dilation,
                int groups) {
            return new Case(Shape.of(n, c, h, width), Shape.of(k, c / groups, r, s), true,
                    new Conv2dSpec(Pair.of(stride), Pair.of(pad), Pair.of(dilation), groups, UnarySpec.IDENTITY));
        }

        @Override
        public String toString() {
            return "x " + x + ", w " + w + ", stride " + spec.stride() + ", pad " + spec.pad() + ", dilation "
                    + spec.dilation() + ", groups " + spec.groups() + ", " + spec.activation().opName();
        }
    }

    /// Geometries that have broken kernels before: LeNet's, odd sizes around vector widths, stride over kernel,
    /// groups, depthwise, padding wider than the image.
    private static List<Case> cases() {
        var cases = new ArrayList<>(List.of(
                Case.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1), Case.of(2, 1, 28, 28, 6, 5, 5, 1, 2, 1, 1),
                Case.of(2, 6, 14, 14, 16, 5, 5, 1, 0, 1, 1), Case.of(1, 3, 7, 7, 5, 3, 3, 1, 1, 1, 1),
                Case.of(3, 16, 9, 11, 16, 3, 3, 1, 1, 1, 1), Case.of(1, 17, 8, 8, 33, 3, 3, 1, 1, 1, 1),
                Case.of(2, 15, 6, 5, 31, 1, 1, 1, 0, 1, 1), Case.of(2, 32, 7, 7, 16, 1, 1, 2, 0, 1, 1),
                Case.of(1, 3, 23, 23, 8, 7, 7, 2, 3, 1, 1), Case.of(1, 3, 35, 35, 4, 11, 11, 4, 1, 1, 1),
                Case.of(2, 4, 9, 9, 6, 2, 2, 3, 0, 1, 1), Case.of(2, 4, 9, 9, 6, 3, 3, 1, 2, 2, 2),
                Case.of(1, 8, 10, 10, 8, 3, 3, 1, 1, 1, 8), Case.of(2, 18, 7, 6, 36, 3, 3, 2, 1, 1, 18),
                Case.of(1, 32, 6, 6, 32, 3, 3, 1, 1, 1, 4), Case.of(1, 2, 3, 3, 3, 3, 3, 1, 4, 1, 1),
                Case.of(5, 7, 1, 13, 3, 1, 5, 1, 2, 1, 1), Case.of(1, 16, 40, 5, 16, 5, 5, 1, 2, 1, 1)));
        var random = new Rig(Device.ref(), 20240607);
        while (cases.size() < 48) {
            int groups = random.oneOf(1, 1, 1, 2, 3);
            int c = groups * random.between(1, 20);
            int k = groups * random.between(1, 20);
            Shape x = Shape.of(random.between(1, 3), c, random.between(1, 14), random.between(1, 14));
            Shape w = Shape.of(k, c / groups, random.between(1, 5), random.between(1, 5));
            var spec = new Conv2dSpec(Pair.of(random.between(1, 3), random.between(1, 3)),
                    Pair.of(random.between(0, 3), random.between(0, 3)),
                    Pair.of(random.between(1, 2), random.between(1, 2)), groups,
                    random.oneOf(UnarySpec.IDENTITY, UnarySpec.IDENTITY, UnarySpec.RELU, UnarySpec.SIGMOID));
            boolean fits = x.dim(2) + 2 * spec.pad().h() > spec.dilation().h() * (w.dim(2) - 1)
                    && x.dim(3) + 2 * spec.pad().w() > spec.dilation().w() * (w.dim(3) - 1);
            if (fits) {
                cases.add(new Case(x, w, random.below(2) == 0, spec));
            }
        }
        return cases;
    }

    @TestFactory
    default Stream<DynamicTest> convolution() {
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            for (Form form : Form.values()) {
                forward(c, form);
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> gradientOfTheInput() {
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    data(c, form, write);
                }
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> gradientOfTheFilter() {
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    filter(c, form, write);
                }
            }
        }));
    }

    @TestFactory
    default Stream<DynamicTest> gradientOfTheBias() {
        return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    bias(c, form, write);
                }
            }
        }));
    }

    private void forward(Case c, Form form) {
        var rig = new Rig(device(), c.hashCode());
        Twin x = rig.numbers(c.x, form);
        Twin w = rig.numbers(c.w, form == Form.NATIVE ? Form.DENSE : form);
        Twin bias = c.bias ? rig.numbers(Shape.of(c.w.dim(0)), Form.DENSE) : null;
        Twin y = rig.result(c.spec, c.spec.outputShape(c.x, c.w), x.mine(), w.mine());
        rig.ref().conv2d(c.spec, x.ref(), w.ref(), Twin.ref(bias), y.ref());
        rig.mine().conv2d(c.spec, x.mine(), w.mine(), Twin.mine(bias), y.mine());
        rig.close("conv2d of a " + form + " x", y);
    }

    private void data(Case c, Form form, Write write) {
        var rig = new Rig(device(), c.hashCode());
        Twin dz = rig.numbers(c.spec.outputShape(c.x, c.w), form);
        Twin w = rig.numbers(c.w, Form.DENSE);
        Twin dx = rig.gradient(rig.numbers(c.x, form), write);
        rig.ref().conv2dBackwardData(c.spec, dz.ref(), w.ref(), Rig.ref(dx, write));
        rig.mine().conv2dBackwardData(c.spec, dz.mine(), w.mine(), Rig.mine(dx, write));
        rig.close("conv2dBackwardData " + write + " of a " + form + " dz", dx);
    }

    private void filter(Case c, Form form, Write write) {
        var rig = new Rig(device(), c.hashCode());
        Twin dz = rig.numbers(c.spec.outputShape(c.x, c.w), form);
        Twin x = rig.numbers(c.x, form);
        Twin dw = rig.gradient(rig.numbers(c.w, Form.DENSE), write);
        rig.ref().conv2dBackwardFilter(c.spec, dz.ref(), x.ref(), Rig.ref(dw, write));
        rig.mine().conv2dBackwardFilter(c.spec, dz.mine(), x.mine(), Rig.mine(dw, write));
        rig.close("conv2dBackwardFilter " + write + " of a " + form + " dz", dw);
    }

    private void bias(Case c, Form form, Write write) {
        var rig = new Rig(device(), c.hashCode());
        Twin dz = rig.numbers(c.spec.outputShape(c.x, c.w), form);
        Twin dbias = rig.gradient(rig.numbers(Shape.of(c.w.dim(0)), Form.DENSE), write);
        rig.ref().conv2dBackwardBias(c.spec, dz.ref(), Rig.ref(dbias, write));
        rig.mine().conv2dBackwardBias(c.spec, dz.mine(), Rig.mine(dbias, write));
        rig.close("conv2dBackwardBias " + write + " of a " + form + " dz", dbias);
    }
}
