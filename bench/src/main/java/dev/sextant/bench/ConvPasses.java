package dev.sextant.bench;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;

/// The three passes of a convolution on one device, and what the oracle says of them: of the last image, or the last
/// filter, alone, since all of it would take minutes.
public final class ConvPasses {
    private static final Kernels REF = Device.ref().kernels();

    private final Conv2dSpec spec;
    private final Kernels kernels;
    private final NDArray x;
    private final NDArray w;
    private final NDArray dy;
    private final NDArray y;
    private final NDArray dx;
    private final NDArray dw;

    /// What the oracle expects of a part of a result, and that part.
    public record Beside(NDArray expected, NDArray actual) {
    }

    /// Makes the arrays, with the formula's values.
    ///
    /// @param images  `[N, C, H, W]`
    /// @param filters `[K, C, R, S]`
    public ConvPasses(Device device, Conv2dSpec spec, Shape images, Shape filters) {
        this.spec = spec;
        kernels = device.kernels();
        Shape out = spec.outputShape(images, filters);
        x = values("x", images, device);
        w = values("w", filters, device);
        dy = values("dy", out, device);
        y = NDArray.empty(out, DType.FLOAT32, device);
        dx = NDArray.empty(images, DType.FLOAT32, device);
        dw = NDArray.empty(filters, DType.FLOAT32, device);
    }

    private static NDArray values(String name, Shape shape, Device device) {
        return NDArray.of(Formula.uniform(name, Math.toIntExact(shape.size()), 1), shape, device);
    }

    /// The images.
    public NDArray x() {
        return x;
    }

    /// The filters.
    public NDArray w() {
        return w;
    }

    /// Result of [#forward].
    public NDArray y() {
        return y;
    }

    /// Result of [#backwardData].
    public NDArray dx() {
        return dx;
    }

    /// Result of [#backwardFilter].
    public NDArray dw() {
        return dw;
    }

    /// Computes the convolution.
    public void forward() {
        kernels.conv2d(spec, x, w, null, y);
    }

    /// Computes the gradient of the images.
    public void backwardData() {
        kernels.conv2dBackwardData(spec, dy, w, Target.set(dx));
    }

    /// Computes the gradient of the filters.
    public void backwardFilter() {
        kernels.conv2dBackwardFilter(spec, dy, x, Target.set(dw));
    }

    /// Computes the convolution, here and by the oracle.
    public Beside forwardBesideOracle() {
        forward();
        NDArray want = emptyLast(y);
        REF.conv2d(spec, last(x, 0), w.to(Device.ref()), null, want);
        return new Beside(want, last(y, 0));
    }

    /// Computes the gradient of the images, here and by the oracle.
    public Beside backwardDataBesideOracle() {
        backwardData();
        NDArray want = emptyLast(dx);
        REF.conv2dBackwardData(spec, last(dy, 0), w.to(Device.ref()), Target.set(want));
        return new Beside(want, last(dx, 0));
    }

    /// Computes the gradient of the filters, here and by the oracle.
    public Beside backwardFilterBesideOracle() {
        backwardFilter();
        NDArray want = emptyLast(dw);
        REF.conv2dBackwardFilter(spec, last(dy, 1), x.to(Device.ref()), Target.set(want));
        return new Beside(want, last(dw, 0));
    }

    private static NDArray last(NDArray array, int axis) {
        return array.narrow(axis, array.dim(axis) - 1, 1).to(Device.ref());
    }

    private static NDArray emptyLast(NDArray like) {
        return NDArray.empty(like.shape().with(0, 1), DType.FLOAT32, Device.ref());
    }
}
