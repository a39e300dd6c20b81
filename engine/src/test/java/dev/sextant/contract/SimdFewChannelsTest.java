package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Layers with few channels and many images, which the fast path computes with vectors over the images: random
/// geometries, batches around the vector width.
class SimdFewChannelsTest {
    private static final Device DEVICE = Device.simd(CpuSettings.defaults().withThreads(2));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void agreesWithTheOracle(long seed) {
        var rig = new Rig(DEVICE, seed);
        int n = rig.oneOf(8, 15, 16, 17, 33, 50);
        Shape x = Shape.of(n, rig.oneOf(1, 2, 3, 6, 17), rig.between(5, 14), rig.between(5, 17));
        Shape w = Shape.of(rig.oneOf(1, 4, 6, 7, 15), x.dim(1), rig.between(1, 5), rig.between(1, 5));
        var spec = new Conv2dSpec(Pair.of(rig.between(1, 3), rig.between(1, 3)),
                Pair.of(rig.between(0, 3), rig.between(0, 3)), Pair.of(rig.oneOf(1, 1, 2), 1), 1,
                rig.oneOf(UnarySpec.IDENTITY, UnarySpec.SIGMOID));
        Shape padded = Shape.of(1, 1, x.dim(2) + 2 * spec.pad().h(), x.dim(3) + 2 * spec.pad().w());
        if (padded.dim(2) <= spec.dilation().h() * (w.dim(2) - 1) || padded.dim(3) < w.dim(3)) {
            w = Shape.of(w.dim(0), w.dim(1), 1, 1);
        }
        for (Form form : Form.values()) {
            compare(rig, spec, x, w, form);
        }
    }

    static void compare(Rig rig, Conv2dSpec spec, Shape xs, Shape ws, Form form) {
        Twin x = rig.numbers(xs, form);
        Twin w = rig.numbers(ws, -0.3, 0.3, form);
        Twin bias = rig.numbers(Shape.of(ws.dim(0)), Form.DENSE);
        Twin y = rig.result(spec, spec.outputShape(xs, ws), x.mine(), w.mine());
        String what = " of " + xs + " by " + ws + " " + spec + " " + form;
        rig.ref().conv2d(spec, x.ref(), w.ref(), bias.ref(), y.ref());
        rig.mine().conv2d(spec, x.mine(), w.mine(), bias.mine(), y.mine());
        rig.close("conv2d" + what, y);
        Twin dz = rig.numbers(y.ref().shape(), form);
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            rig.ref().conv2dBackwardData(spec, dz.ref(), w.ref(), Rig.ref(dx, write));
            rig.mine().conv2dBackwardData(spec, dz.mine(), w.mine(), Rig.mine(dx, write));
            rig.close("conv2dBackwardData " + write + what, dx);
            Twin dw = rig.gradient(w, write);
            rig.ref().conv2dBackwardFilter(spec, dz.ref(), x.ref(), Rig.ref(dw, write));
            rig.mine().conv2dBackwardFilter(spec, dz.mine(), x.mine(), Rig.mine(dw, write));
            rig.close("conv2dBackwardFilter " + write + what, dw);
        }
    }
}
