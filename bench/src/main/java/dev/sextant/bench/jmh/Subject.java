package dev.sextant.bench.jmh;

import dev.sextant.bench.Formula;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Write;
import java.util.Locale;

/// The device under test and its arrays; values come from [Formula], never zeros.
final class Subject {
    private final Device device;

    /// @param precision `exact` or `fast`
    Subject(int threads, String precision) {
        device = Device.simd(CpuSettings.defaults().withThreads(threads)
                .withPrecision(CpuSettings.Precision.valueOf(precision.toUpperCase(Locale.ROOT))));
    }

    Device device() {
        return device;
    }

    /// Values in −1 … 1, row-major.
    NDArray values(String name, int... dims) {
        Shape shape = Shape.of(dims);
        return NDArray.of(Formula.uniform(name, Math.toIntExact(shape.size()), 1), shape, device);
    }

    /// Undefined values, row-major.
    NDArray empty(int... dims) {
        return NDArray.empty(Shape.of(dims), DType.FLOAT32, device);
    }

    /// Values in −1 … 1 in the layout that an activation of that shape has inside a network here.
    NDArray activation(String name, int... dims) {
        NDArray plain = values(name, dims);
        NDArray x = emptyActivation(dims);
        device.kernels().copy(plain, x, Write.SET);
        return x;
    }

    /// Undefined values in that layout.
    NDArray emptyActivation(int... dims) {
        Shape shape = Shape.of(dims);
        var spec = Conv2dSpec.of(1, 0);
        NDArray w = empty(shape.dim(1), shape.dim(1), 1, 1);
        NDArray x = NDArray.empty(shape, DType.FLOAT32, device);
        return NDArray.empty(shape, DType.FLOAT32, device.backend().layoutFor(spec, shape, x, w), device);
    }

    /// A copy of an array on the oracle's device.
    static NDArray onRef(NDArray x) {
        return x.to(Device.ref());
    }

    /// An array on the oracle's device with undefined values.
    static NDArray emptyOnRef(Shape shape) {
        return NDArray.empty(shape, DType.FLOAT32, Device.ref());
    }
}
