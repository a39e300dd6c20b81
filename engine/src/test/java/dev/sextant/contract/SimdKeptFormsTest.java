package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Convolutions by weights whose packed and transformed forms are kept, as in inference: equal to the oracle, with the
/// same bits at any number of threads, and following the weights when these are written.
class SimdKeptFormsTest {
    private static final double WINOGRAD = 0x1p-16;

    /// Images, source channels, extent of the map, filters, extent of the filter, stride, padding.
    @ParameterizedTest
    @CsvSource({"1, 1, 28, 6, 5, 1, 2", "3, 6, 14, 16, 5, 1, 0", "1, 3, 9, 7, 3, 1, 1", "1, 16, 24, 16, 3, 1, 1",
        "1, 64, 24, 64, 3, 1, 1", "2, 40, 12, 72, 3, 1, 1", "1, 130, 6, 80, 3, 1, 1", "1, 200, 3, 150, 3, 1, 1",
        "3, 64, 12, 96, 3, 2, 1", "1, 160, 3, 100, 1, 1, 0", "2, 33, 7, 50, 1, 2, 0", "1, 32, 12, 96, 5, 1, 2",
        "9, 48, 3, 64, 3, 1, 1", "32, 32, 12, 48, 3, 1, 1", "1, 1, 96, 64, 7, 2, 3", "20, 6, 14, 12, 5, 1, 0",
        "1, 16, 5, 16, 1, 1, 0", "1, 150, 6, 200, 3, 2, 1", "2, 40, 5, 24, 5, 1, 2", "3, 24, 3, 64, 5, 1, 2"})
    void agreeWithTheOracle(int images, int channels, int extent, int filters, int kernel, int stride, int pad) {
        UnarySpec activation = extent % 2 == 0 ? UnarySpec.RELU : UnarySpec.SIGMOID;
        var spec = new Conv2dSpec(Pair.of(stride), Pair.of(pad), Pair.ONE, 1, activation);
        Shape x = Shape.of(images, channels, extent, extent);
        Shape w = Shape.of(filters, channels, kernel, kernel);
        assertArrayEquals(check(spec, x, w, 1), check(spec, x, w, 3), "at 1 and 3 threads");
    }

    private static float[] check(Conv2dSpec spec, Shape xs, Shape ws, int threads) {
        var rig = new Rig(Device.simd(CpuSettings.defaults().withThreads(threads)
                .withPrecision(CpuSettings.Precision.FAST)), xs.hashCode());
        double reach = Math.sqrt(6.0 / (xs.dim(1) * ws.dim(2) * ws.dim(3)));
        Shape out = spec.outputShape(xs, ws);
        Twin x = rig.numbers(xs, Form.NATIVE);
        Twin w = rig.numbers(ws, -reach, reach, Form.DENSE);
        Twin bias = rig.numbers(Shape.of(ws.dim(0)), Form.DENSE);
        Twin y = rig.result(spec, out, x.mine(), w.mine());
        Twin residual = rig.numbers(out, y.mine().isBlocked() ? Form.NATIVE : Form.DENSE);
        w.mine().storage().keepForms();
        for (int round = 0; round < 2; round++) {
            rig.ref().conv2d(spec, x.ref(), w.ref(), bias.ref(), y.ref());
            for (int again = 0; again < 2; again++) {
                rig.mine().fill(Double.NaN, y.mine());
                rig.mine().conv2d(spec, x.mine(), w.mine(), bias.mine(), y.mine());
                rig.close("conv2d of " + xs + " by " + ws + ", round " + round, y, WINOGRAD);
            }
            rig.ref().conv2dAdd(spec, x.ref(), w.ref(), bias.ref(), residual.ref(), y.ref());
            rig.mine().conv2dAdd(spec, x.mine(), w.mine(), bias.mine(), residual.mine(), y.mine());
            rig.close("conv2dAdd of " + xs + " by " + ws + ", round " + round, y, WINOGRAD);
            Twin other = rig.numbers(ws, -reach, reach, Form.DENSE);
            w.ref().set(other.ref());
            w.mine().set(other.mine());
        }
        return y.mine().toFloats();
    }

    /// Weights that are only a part of a storage keep no forms: the parts would be taken for each other.
    @ParameterizedTest
    @CsvSource({"16, 16", "2, 4"})
    void partsOfAStorageAreTheirOwn(int channels, int filters) {
        var rig = new Rig(Device.simd(CpuSettings.defaults()), 5);
        var spec = Conv2dSpec.of(1, 1);
        Twin x = rig.numbers(Shape.of(1, channels, 8, 8), Form.NATIVE);
        Twin w = rig.numbers(Shape.of(2 * filters, channels, 3, 3), Form.DENSE);
        w.mine().storage().keepForms();
        for (int half = 0; half < 2; half++) {
            NDArray ref = w.ref().narrow(0, half * filters, filters);
            NDArray mine = w.mine().narrow(0, half * filters, filters);
            Twin y = rig.result(spec, Shape.of(1, filters, 8, 8), x.mine(), mine);
            rig.ref().conv2d(spec, x.ref(), ref, null, y.ref());
            rig.mine().conv2d(spec, x.mine(), mine, null, y.mine());
            rig.close("half " + half, y, WINOGRAD);
        }
    }
}
