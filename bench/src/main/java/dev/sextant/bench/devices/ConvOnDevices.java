package dev.sextant.bench.devices;

import dev.sextant.bench.ConvPasses;
import dev.sextant.bench.ConvPasses.Beside;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
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

    private ConvPasses passes;

    @Setup
    public void setup() {
        passes = new ConvPasses(device(), layer.spec, layer.x, layer.w);
        compare("conv2d ", passes.forwardBesideOracle());
        compare("conv2dBackwardData ", passes.backwardDataBesideOracle());
        compare("conv2dBackwardFilter ", passes.backwardFilterBesideOracle());
    }

    private void compare(String pass, Beside results) {
        check(pass + layer, results.expected(), results.actual());
    }

    @Benchmark
    public NDArray forward() {
        finish(passes::forward);
        return passes.y();
    }

    @Benchmark
    public NDArray backwardData() {
        finish(passes::backwardData);
        return passes.dx();
    }

    @Benchmark
    public NDArray backwardFilter() {
        finish(passes::backwardFilter);
        return passes.dw();
    }
}
