package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The forms of convolution on blocked arrays against the oracle: small maps of many images, single taps over flat
/// planes, first layers with a row-major source; any number of channel blocks. And ranges of channels.
class SimdBlockedConvTest {
    private static final Device DEVICE = Device.simd(CpuSettings.defaults().withThreads(2));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void smallMapsOfManyImages(long seed) {
        var rig = new Rig(DEVICE, seed);
        int side = rig.between(2, 9);
        Shape x = Shape.of(rig.oneOf(4, 7, 13, 50), rig.oneOf(16, 20, 48, 130), side, rig.between(2, 6));
        int taps = rig.oneOf(2, 3, 3, 5);
        Shape w = Shape.of(rig.oneOf(7, 16, 40, 80, 112), x.dim(1), taps, rig.oneOf(1, taps));
        int stride = rig.between(1, 3);
        var spec = new Conv2dSpec(Pair.of(stride, rig.between(1, 2)), Pair.of(rig.between(2, 4)),
                Pair.of(1, rig.oneOf(1, 2)), 1, rig.oneOf(UnarySpec.IDENTITY, UnarySpec.RELU, UnarySpec.SIGMOID));
        SimdFewChannelsTest.compare(rig, spec, x, w, Form.NATIVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void smallMapsOfFewImages(long seed) {
        var rig = new Rig(DEVICE, seed);
        int taps = rig.oneOf(2, 3, 3, 5);
        Shape x = Shape.of(rig.between(1, 3), rig.oneOf(16, 20, 48, 130), rig.between(2, 7), rig.between(2, 9));
        Shape w = Shape.of(rig.oneOf(7, 16, 40, 80, 112), x.dim(1), taps, rig.oneOf(1, taps));
        var spec = new Conv2dSpec(Pair.of(rig.between(1, 2), rig.between(1, 3)), Pair.of(rig.between(2, 4)),
                Pair.of(1, rig.oneOf(1, 2)), 1, rig.oneOf(UnarySpec.IDENTITY, UnarySpec.RELU, UnarySpec.SIGMOID));
        SimdFewChannelsTest.compare(rig, spec, x, w, Form.NATIVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void singleTaps(long seed) {
        var rig = new Rig(DEVICE, seed);
        int side = rig.oneOf(1, 3, 5, 6, 12, 30);
        Shape x = Shape.of(rig.oneOf(1, 2, 33), rig.oneOf(16, 40, 150), side, side);
        Shape w = Shape.of(rig.oneOf(10, 24, 112, 160), x.dim(1), 1, 1);
        var spec = new Conv2dSpec(Pair.of(rig.between(1, 3)), Pair.of(0), Pair.of(1), 1,
                rig.oneOf(UnarySpec.IDENTITY, UnarySpec.SIGMOID));
        SimdFewChannelsTest.compare(rig, spec, x, w, Form.NATIVE);
    }

    /// Channels, filters, size, extent of the filter, stride.
    @ParameterizedTest
    @CsvSource({"1, 16, 40, 3, 1", "1, 64, 29, 7, 2", "3, 112, 38, 11, 4", "5, 32, 33, 3, 1", "15, 48, 20, 5, 3",
        "2, 20, 70, 4, 2"})
    void firstLayers(int channels, int filters, int size, int extent, int stride) {
        var rig = new Rig(DEVICE, filters);
        SimdFewChannelsTest.compare(rig, Conv2dSpec.of(stride, extent / 2), Shape.of(3, channels, size, size + 3),
                Shape.of(filters, channels, extent, extent), Form.NATIVE);
    }

    /// Channels of the source and the first of the range, channels of the result and where the range goes, its length.
    @ParameterizedTest
    @CsvSource({"40, 0, 200, 120, 40", "152, 120, 32, 0, 32", "50, 9, 60, 13, 37", "32, 0, 64, 16, 32",
        "5, 0, 40, 35, 5", "48, 16, 20, 0, 20", "24, 24, 24, 24, 0"})
    void rangesOfChannels(int from, int start, int to, int place, int length) {
        for (Form source : new Form[] {Form.NATIVE, Form.DENSE}) {
            for (Write write : Write.values()) {
                var rig = new Rig(DEVICE, from + to);
                Twin x = rig.numbers(Shape.of(3, from, 4, 5), source);
                Twin y = rig.numbers(Shape.of(3, to, 4, 5), Form.NATIVE);
                rig.ref().copyRange(x.ref(), start, y.ref(), place, length, 1, write);
                rig.mine().copyRange(x.mine(), start, y.mine(), place, length, 1, write);
                rig.equal("copyRange " + write + " from " + source, y);
            }
        }
    }

    /// What padding shows up in must not depend on which part of a joined array was written last.
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24})
    void rangesFillAnArrayWithoutTouchingEachOther(int first) {
        var rig = new Rig(DEVICE, first);
        Twin a = rig.numbers(Shape.of(2, first, 3, 3), Form.NATIVE);
        Twin b = rig.numbers(Shape.of(2, 20, 3, 3), Form.NATIVE);
        Twin y = new Twin(NDArray.full(Shape.of(2, first + 20, 3, 3), Double.NaN, a.ref().dtype(), Device.ref()),
                NDArray.empty(Shape.of(2, first + 20, 3, 3), a.mine().dtype(),
                        Layout.Blocked.of(Shape.of(2, first + 20, 3, 3), lanes(), 0), DEVICE));
        DEVICE.kernels().fill(Double.NaN, y.mine());
        for (Twin part : new Twin[] {b, a}) {
            int place = part == a ? 0 : first;
            rig.ref().copyRange(part.ref(), 0, y.ref(), place, part.ref().dim(1), 1, Write.SET);
            rig.mine().copyRange(part.mine(), 0, y.mine(), place, part.mine().dim(1), 1, Write.SET);
        }
        rig.equal("joined", y);
        assertEquals(first + 20, y.mine().dim(1));
    }

    private static int lanes() {
        Layout native16 = Form.NATIVE.of(NDArray.zeros(Shape.of(1, 32, 2, 2), dev.sextant.engine.DType.FLOAT32, DEVICE))
                .layout();
        return native16 instanceof Layout.Blocked b ? b.lanes() : 16;
    }
}
