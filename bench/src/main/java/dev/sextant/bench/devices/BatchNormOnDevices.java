package dev.sextant.bench.devices;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** what does batch normalisation cost in training, there and back?
/// **Read:** microseconds per pass over the whole batch, all on the device. It is bound by memory.
public class BatchNormOnDevices extends OnDevices {
    private static final BatchNormSpec SPEC = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);

    /// Channels and image size of a batch of 32.
    @Param({"64x56", "256x14"})
    String shape;

    private Layer mine;

    @Setup
    public void setup() {
        Shape in = images(shape);
        mine = new Layer(values("x", in), values("dy", in));
        var want = new Layer(mine.x.to(Device.ref()), mine.dy.to(Device.ref()));
        for (Layer layer : new Layer[] {mine, want}) {
            layer.forward();
            layer.backward();
        }
        check("batch norm of " + in, want.y, mine.y);
        check("its running variance", want.runningVariance, mine.runningVariance);
        check("gradient of its input", want.dx, mine.dx);
        check("gradient of its scale", want.dgamma, mine.dgamma);
    }

    @Benchmark
    public NDArray forward() {
        finish(mine::forward);
        return mine.y;
    }

    @Benchmark
    public NDArray backward() {
        finish(mine::backward);
        return mine.dx;
    }

    /// A layer's arrays on one device.
    private static final class Layer {
        private final NDArray x;
        private final NDArray dy;
        private final NDArray gamma;
        private final NDArray beta;
        private final NDArray runningMean;
        private final NDArray runningVariance;
        private final NDArray y;
        private final NDArray dx;
        private final NDArray dgamma;
        private final NDArray dbeta;
        private Aux aux;

        Layer(NDArray x, NDArray dy) {
            this.x = x;
            this.dy = dy;
            Shape channels = Shape.of(x.dim(1));
            gamma = NDArray.full(channels, 1.5, DType.FLOAT32, x.device());
            beta = NDArray.full(channels, 0.5, DType.FLOAT32, x.device());
            runningMean = NDArray.zeros(channels, DType.FLOAT32, x.device());
            runningVariance = NDArray.full(channels, 1, DType.FLOAT32, x.device());
            y = NDArray.empty(x.shape(), DType.FLOAT32, x.device());
            dx = NDArray.empty(x.shape(), DType.FLOAT32, x.device());
            dgamma = NDArray.empty(channels, DType.FLOAT32, x.device());
            dbeta = NDArray.empty(channels, DType.FLOAT32, x.device());
        }

        void forward() {
            aux = x.device().kernels().batchNorm(SPEC, x, gamma, beta, runningMean, runningVariance, y);
        }

        void backward() {
            x.device().kernels().batchNormBackward(SPEC, dy, x, gamma, aux, Target.set(dx), Target.set(dgamma),
                    Target.set(dbeta));
        }
    }
}
