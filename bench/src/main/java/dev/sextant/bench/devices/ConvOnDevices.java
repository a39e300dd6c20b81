package dev.sextant.bench.devices;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** what do the three passes of a convolution cost on the CPU, by our kernels, and by cuDNN?
/// **Read:** microseconds per pass over the whole batch, all on the device.
public class ConvOnDevices extends OnDevices {
    /// Batch, channels, image size, filters, kernel, padding; stride 1.
    public enum Layer {
        VGG_56(32, 64, 56, 64, 3, 1), RESNET_14(32, 256, 14, 256, 3, 1), ALEXNET_26(32, 96, 26, 256, 5, 2),
        LENET_28(256, 1, 28, 6, 5, 2), TINY(2, 3, 9, 5, 3, 1);

        private final Shape x;
        private final Shape w;
        private final Conv2dSpec spec;

        Layer(int batch, int channels, int size, int filters, int kernel, int pad) {
            x = Shape.of(batch, channels, size, size);
            w = Shape.of(filters, channels, kernel, kernel);
            spec = Conv2dSpec.of(1, pad);
        }
    }

    @Param({"VGG_56", "RESNET_14", "ALEXNET_26", "LENET_28"})
    Layer layer;

    private NDArray x;
    private NDArray w;
    private NDArray dy;
    private NDArray y;
    private NDArray dx;
    private NDArray dw;

    @Setup
    public void setup() {
        Shape out = layer.spec.outputShape(layer.x, layer.w);
        x = values("x", layer.x);
        w = values("w", layer.w);
        dy = values("dy", out);
        y = empty(out);
        dx = empty(layer.x);
        dw = empty(layer.w);
        convolve();
        gradientOfTheInput();
        gradientOfTheFilter();
        // The last image, and the last filter, stand for all.
        NDArray refW = w.to(Device.ref());
        NDArray wantY = onRef(out.with(0, 1));
        NDArray wantDx = onRef(layer.x.with(0, 1));
        NDArray wantDw = onRef(layer.w.with(0, 1));
        var ref = Device.ref().kernels();
        ref.conv2d(layer.spec, last(x, 0), refW, null, wantY);
        ref.conv2dBackwardData(layer.spec, last(dy, 0), refW, Target.set(wantDx));
        ref.conv2dBackwardFilter(layer.spec, last(dy, 1), x.to(Device.ref()), Target.set(wantDw));
        check("conv2d " + layer, wantY, last(y, 0));
        check("conv2dBackwardData " + layer, wantDx, last(dx, 0));
        check("conv2dBackwardFilter " + layer, wantDw, last(dw, 0));
    }

    private static NDArray onRef(Shape shape) {
        return NDArray.empty(shape, DType.FLOAT32, Device.ref());
    }

    private static NDArray last(NDArray array, int axis) {
        return array.narrow(axis, array.dim(axis) - 1, 1).to(Device.ref());
    }

    private void convolve() {
        x.device().kernels().conv2d(layer.spec, x, w, null, y);
    }

    private void gradientOfTheInput() {
        x.device().kernels().conv2dBackwardData(layer.spec, dy, w, Target.set(dx));
    }

    private void gradientOfTheFilter() {
        x.device().kernels().conv2dBackwardFilter(layer.spec, dy, x, Target.set(dw));
    }

    @Benchmark
    public NDArray forward() {
        finish(this::convolve);
        return y;
    }

    @Benchmark
    public NDArray backwardData() {
        finish(this::gradientOfTheInput);
        return dx;
    }

    @Benchmark
    public NDArray backwardFilter() {
        finish(this::gradientOfTheFilter);
        return dw;
    }
}
