package dev.sextant.bench.devices;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** from which size on does a matrix product pay on the GPU, and how far are our kernels from cuBLAS?
/// **Read:** microseconds per product of two square matrices, all on the device.
public class MatmulOnDevices extends OnDevices {
    @Param({"256", "1024", "2048"})
    int size;

    private NDArray a;
    private NDArray b;
    private NDArray y;

    @Setup
    public void setup() {
        a = values("a", Shape.of(size, size));
        b = values("b", Shape.of(size, size));
        y = empty(Shape.of(size, size));
        multiply();
        for (int row : new int[] {0, size - 1}) {
            NDArray want = NDArray.zeros(Shape.of(1, size), y.dtype(), Device.ref());
            want.device().kernels().matmul(MatmulSpec.PLAIN, a.narrow(0, row, 1).to(Device.ref()), b.to(Device.ref()),
                    want, Write.SET);
            check("matmul of size " + size + ", row " + row, want, y.narrow(0, row, 1));
        }
    }

    private void multiply() {
        y.device().kernels().matmul(MatmulSpec.PLAIN, a, b, y, Write.SET);
    }

    @Benchmark
    public NDArray product() {
        finish(this::multiply);
        return y;
    }
}
