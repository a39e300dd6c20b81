package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Proof that the SPI carries a layout of the backend's own: convolution, batch norm, ReLU and pooling in a row, forward
/// and backward, never leaving the blocked layout, with the oracle's numbers. [Rig] asserts after every operation that
/// padding lanes and halo are zero.
class SimdBlockedChainTest {
    private static final Device DEVICE = Device.simd(CpuSettings.defaults().withThreads(2));

    @BeforeAll
    static void theLayoutIsUsed() {
        var spec = Conv2dSpec.of(1, 1);
        Shape shape = Shape.of(2, 32, 8, 8);
        NDArray x = NDArray.zeros(shape, DType.FLOAT32, DEVICE);
        Layout layout = DEVICE.backend().layoutFor(spec, shape, x);
        assumeTrue(layout instanceof Layout.Blocked,
                "blocked arrays need the Vector API");
    }

    /// First layers read row-major images; the others read what their predecessor wrote.
    @ParameterizedTest
    @CsvSource({"2, 16, 32, 14, 14, 1", "3, 20, 40, 9, 7, 1", "1, 64, 64, 28, 28, 1", "2, 32, 48, 15, 15, 2",
        "2, 3, 64, 17, 19, 2"})
    void chain(int n, int c, int k, int h, int w, int stride) {
        var rig = new Rig(DEVICE, 31L * c + k);
        var conv = Conv2dSpec.of(stride, 1);
        var norm = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);
        var pool = Pool2dSpec.max(3, 2, 1);
        Twin x = rig.numbers(Shape.of(n, c, h, w), c >= 16 ? Form.NATIVE : Form.DENSE);
        Twin weights = rig.numbers(Shape.of(k, c, 3, 3), -0.2, 0.2, Form.DENSE);
        Twin gamma = rig.numbers(Shape.of(k), 0.5, 1.5, Form.DENSE);
        Twin beta = rig.numbers(Shape.of(k), Form.DENSE);

        Shape size = conv.outputShape(x.ref().shape(), weights.ref().shape());
        Twin a = rig.result(conv, size, x.mine(), weights.mine());
        both(rig, (kernels, mine) -> kernels.conv2d(conv, side(x, mine), side(weights, mine), null, side(a, mine)));
        rig.close("conv2d", a);
        assertBlocked(a.mine());

        Twin b = rig.result(norm, size, a.mine());
        Aux[] moments = new Aux[2];
        both(rig, (kernels, mine) -> moments[mine ? 1 : 0] = kernels.batchNorm(norm, side(a, mine), side(gamma, mine),
                side(beta, mine), null, null, side(b, mine)));
        rig.close("batchNorm", b, 0x1p-16);
        assertBlocked(b.mine());

        Twin r = rig.result(UnarySpec.RELU, size, b.mine());
        both(rig, (kernels, mine) -> kernels.unary(UnarySpec.RELU, side(b, mine), side(r, mine)));
        rig.close("relu", r, 0x1p-16);
        assertBlocked(r.mine());

        Shape pooled = pool.outputShape(size);
        Twin y = rig.result(pool, pooled, r.mine());
        Aux[] winners = new Aux[2];
        both(rig, (kernels, mine) -> winners[mine ? 1 : 0] = kernels.pool2d(pool, side(r, mine), side(y, mine)));
        rig.close("pool2d", y, 0x1p-16);
        assertBlocked(y.mine());

        Twin dy = rig.numbers(pooled, Form.NATIVE);
        Twin dr = rig.gradient(r, Write.SET);
        both(rig, (kernels, mine) -> kernels.pool2dBackward(pool, side(dy, mine), side(r, mine), side(y, mine),
                winners[mine ? 1 : 0], Target.set(side(dr, mine))));
        rig.close("pool2dBackward", dr);
        Twin db = rig.gradient(b, Write.SET);
        both(rig, (kernels, mine) -> kernels.unaryBackward(UnarySpec.RELU, null, side(r, mine), side(dr, mine),
                Target.set(side(db, mine))));
        rig.close("reluBackward", db);
        Twin da = rig.gradient(a, Write.SET);
        Twin dgamma = rig.gradient(gamma, Write.SET);
        Twin dbeta = rig.gradient(beta, Write.SET);
        both(rig, (kernels, mine) -> kernels.batchNormBackward(norm, side(db, mine), side(a, mine), side(gamma, mine),
                moments[mine ? 1 : 0], Target.set(side(da, mine)), Target.set(side(dgamma, mine)),
                Target.set(side(dbeta, mine))));
        rig.close("batchNormBackward dx", da, 0x1p-16);
        rig.close("batchNormBackward dgamma", dgamma, 0x1p-16);
        rig.close("batchNormBackward dbeta", dbeta);
        assertBlocked(da.mine());
        gradients(rig, conv, x, weights, da);
    }

    private static void gradients(Rig rig, Conv2dSpec conv, Twin x, Twin weights, Twin da) {
        for (Write write : Write.values()) {
            Twin dx = rig.gradient(x, write);
            Twin dw = rig.gradient(weights, write);
            both(rig, (kernels, mine) -> {
                kernels.conv2dBackwardData(conv, side(da, mine), side(weights, mine), new Target(side(dx, mine),
                        write));
                kernels.conv2dBackwardFilter(conv, side(da, mine), side(x, mine), new Target(side(dw, mine), write));
            });
            rig.close("conv2dBackwardData " + write, dx, 0x1p-15);
            rig.close("conv2dBackwardFilter " + write, dw, 0x1p-15);
        }
    }

    /// Random geometries: channel counts around the block width, all strides, pads and dilations, with bias and an
    /// activation that does not keep zero.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void convolutions(long seed) {
        var rig = new Rig(DEVICE, seed);
        int kernel = rig.between(1, 4);
        var spec = new Conv2dSpec(Pair.of(rig.between(1, 3), rig.between(1, 3)),
                Pair.of(rig.between(0, 2), rig.between(0, 2)),
                Pair.of(rig.oneOf(1, 1, 2)), 1, rig.oneOf(UnarySpec.IDENTITY, UnarySpec.SIGMOID));
        Shape xs = Shape.of(rig.between(1, 5), rig.oneOf(16, 17, 31, 32, 50), rig.between(8, 30), rig.between(8, 40));
        Shape ws = Shape.of(rig.oneOf(16, 17, 32, 47, 64, 100), xs.dim(1), kernel, rig.between(1, 4));
        Twin x = rig.numbers(xs, Form.NATIVE);
        Twin w = rig.numbers(ws, -0.1, 0.1, Form.DENSE);
        Twin bias = rig.numbers(Shape.of(ws.dim(0)), Form.DENSE);
        Twin y = rig.result(spec, spec.outputShape(xs, ws), x.mine(), w.mine());
        both(rig, (kernels, mine) -> kernels.conv2d(spec, side(x, mine), side(w, mine), side(bias, mine),
                side(y, mine)));
        rig.close("conv2d of " + xs + " by " + ws + " " + spec, y);
        assertBlocked(y.mine());
        gradients(rig, spec, x, w, rig.numbers(y.ref().shape(), Form.NATIVE));
    }

    /// Views of channel ranges, as concatenations write them and dense blocks read them.
    @Test
    void channelRanges() {
        var rig = new Rig(DEVICE, 5);
        Twin x = rig.numbers(Shape.of(2, 64, 9, 9), Form.NATIVE);
        NDArray part = x.mine().narrow(1, 16, 32);
        assertBlocked(part);
        assertEquals(x.mine().storage(), part.storage(), "a block-aligned range is a view");
        Twin range = new Twin(x.ref().narrow(1, 16, 32).copy(), part);
        Twin w = rig.numbers(Shape.of(32, 32, 3, 3), -0.1, 0.1, Form.DENSE);
        var spec = Conv2dSpec.of(1, 1);
        Twin y = rig.result(spec, Shape.of(2, 32, 9, 9), part, w.mine());
        both(rig, (kernels, mine) -> kernels.conv2d(spec, side(range, mine), side(w, mine), null, side(y, mine)));
        rig.close("conv2d of a range", y);
        Twin sum = rig.result(BinarySpec.ADD, y.ref().shape(), y.mine(), part);
        both(rig, (kernels, mine) -> kernels.binary(BinarySpec.ADD, side(y, mine), side(range, mine),
                side(sum, mine)));
        rig.close("sum with a range", sum);
        both(rig, (kernels, mine) -> kernels.copy(side(sum, mine), side(range, mine), Write.SET));
        rig.close("copy into a range", range);
    }

    /// One step on one of the two sides.
    @FunctionalInterface
    private interface Step {
        void run(Kernels kernels, boolean mine);
    }

    private static void both(Rig rig, Step step) {
        step.run(rig.ref(), false);
        step.run(rig.mine(), true);
    }

    private static NDArray side(Twin twin, boolean mine) {
        return mine ? twin.mine() : twin.ref();
    }

    private static void assertBlocked(NDArray x) {
        assertTrue(x.isBlocked(), () -> x + " should be blocked");
    }
}
