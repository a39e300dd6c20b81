package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.OpEvent;
import dev.sextant.engine.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Winograd's convolution and both its gradients against the oracle, at the bound that the engine's README states.
class SimdWinogradTest {
    private static final Device DEVICE = Device
            .simd(CpuSettings.defaults().withThreads(2).withConv("winograd"));
    /// Largest difference from the sum in double precision, as a share of the largest result.
    private static final double BOUND = 0x1p-16;

    @BeforeAll
    static void theLayoutIsUsed() {
        NDArray x = NDArray.zeros(Shape.of(2, 32, 8, 8), DType.FLOAT32, DEVICE);
        assumeTrue(
                DEVICE.backend().layoutFor(UnarySpec.RELU, x.shape(),
                        Form.NATIVE.of(x)) instanceof dev.sextant.engine.Layout.Blocked,
                "blocked arrays need the Vector API");
    }

    /// Both orders of work, all forms, maps that tiles fit and maps that they do not.
    @ParameterizedTest
    @CsvSource({"2, 16, 16, 8, 8, 3, 1", "1, 64, 64, 24, 24, 3, 1", "5, 40, 100, 3, 3, 3, 1", "4, 300, 270, 6, 6, 3, 1",
        "3, 130, 33, 13, 15, 3, 0", "2, 17, 31, 7, 9, 3, 2", "2, 20, 47, 12, 11, 5, 2", "1, 64, 96, 9, 9, 5, 0",
        "2, 16, 16, 3, 5, 5, 4", "7, 400, 290, 3, 3, 3, 1", "2, 32, 32, 1, 1, 3, 2",
        "17, 16, 16, 60, 60, 3, 1"})
    void shapes(int n, int c, int k, int h, int width, int kernel, int pad) {
        check(new Rig(DEVICE, 11L * c + k), Shape.of(n, c, h, width), Shape.of(k, c, kernel, kernel), new Conv2dSpec(
                Pair.ONE, Pair.of(pad), Pair.ONE, 1, UnarySpec.IDENTITY));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void random(long seed) {
        var rig = new Rig(DEVICE, seed);
        int kernel = rig.oneOf(3, 3, 5);
        var spec = new Conv2dSpec(Pair.ONE, Pair.of(rig.between(0, 2), rig.between(0, 2)), Pair.ONE, 1, rig.oneOf(
                UnarySpec.IDENTITY, UnarySpec.RELU, UnarySpec.SIGMOID));
        Shape xs = Shape.of(rig.between(1, 5), rig.oneOf(16, 17, 31, 32, 50, 150), rig.between(5, 30), rig.between(5,
                30));
        check(rig, xs, Shape.of(rig.oneOf(16, 17, 32, 47, 64, 100), xs.dim(1), kernel, kernel), spec);
    }

    private static void check(Rig rig, Shape xs, Shape ws, Conv2dSpec spec) {
        double reach = Math.sqrt(6.0 / (xs.dim(1) * ws.dim(2) * ws.dim(3)));
        Twin x = rig.numbers(xs, Form.NATIVE);
        Twin w = rig.numbers(ws, -reach, reach, Form.DENSE);
        Twin bias = rig.numbers(Shape.of(ws.dim(0)), Form.DENSE);
        Twin y = rig.result(spec, spec.outputShape(xs, ws), x.mine(), w.mine());
        rig.ref().conv2d(spec, x.ref(), w.ref(), bias.ref(), y.ref());
        usesWinograd(() -> rig.mine().conv2d(spec, x.mine(), w.mine(), bias.mine(), y.mine()));
        rig.close("conv2d of " + xs + " by " + ws + " " + spec, y, BOUND);
        Twin dz = rig.numbers(y.ref().shape(), Form.NATIVE);
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            rig.ref().conv2dBackwardData(spec, dz.ref(), w.ref(), new Target(dx.ref(), write));
            usesWinograd(() -> rig.mine().conv2dBackwardData(spec, dz.mine(), w.mine(), new Target(dx.mine(), write)));
            rig.close("conv2dBackwardData " + write + " of " + xs + " by " + ws, dx, BOUND);
            Twin dw = rig.gradient(w, write);
            rig.ref().conv2dBackwardFilter(spec, dz.ref(), x.ref(), new Target(dw.ref(), write));
            usesWinograd(
                    () -> rig.mine().conv2dBackwardFilter(spec, dz.mine(), x.mine(), new Target(dw.mine(), write)));
            rig.close("conv2dBackwardFilter " + write + " of " + xs + " by " + ws, dw, BOUND);
        }
    }

    private static void usesWinograd(Runnable body) {
        List<OpEvent> events = new ArrayList<>();
        try (var _ = Trace.listen(events::add)) {
            body.run();
        }
        assertTrue(events.getFirst().algorithm().startsWith("winograd F("), () -> events.toString());
    }
}
