package dev.sextant.bench.devices;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** what does max pooling cost, there and back?
/// **Read:** microseconds per pass over the whole batch, all on the device. It is bound by memory.
public class PoolOnDevices extends OnDevices {
    private static final Pool2dSpec SPEC = Pool2dSpec.max(3, 2, 0);

    /// Channels and image size of a batch of 32.
    @Param({"96x54", "192x26"})
    String shape;

    private NDArray x;
    private NDArray dy;
    private NDArray y;
    private NDArray dx;
    private Aux aux;

    @Setup
    public void setup() {
        Shape in = images(shape);
        Shape out = SPEC.outputShape(in);
        x = values("x", in);
        dy = values("dy", out);
        y = empty(out);
        dx = empty(in);
        pool();
        gradient();
        Kernels ref = Device.ref().kernels();
        NDArray refX = x.to(Device.ref());
        NDArray wantY = NDArray.empty(out, DType.FLOAT32, Device.ref());
        NDArray wantDx = NDArray.empty(in, DType.FLOAT32, Device.ref());
        Aux refAux = ref.pool2d(SPEC, refX, wantY);
        ref.pool2dBackward(SPEC, dy.to(Device.ref()), refX, wantY, refAux, Target.set(wantDx));
        check("pool2d of " + in, wantY, y);
        check("pool2dBackward of " + in, wantDx, dx);
    }

    private void pool() {
        aux = x.device().kernels().pool2d(SPEC, x, y);
    }

    private void gradient() {
        x.device().kernels().pool2dBackward(SPEC, dy, x, y, aux, Target.set(dx));
    }

    @Benchmark
    public NDArray forward() {
        finish(this::pool);
        return y;
    }

    @Benchmark
    public NDArray backward() {
        finish(this::gradient);
        return dx;
    }
}
