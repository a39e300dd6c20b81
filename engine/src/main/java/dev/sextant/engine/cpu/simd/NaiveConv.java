package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;

/// The oracle's loops, one thread and sums in double precision: the first rung of the ladder.
final class NaiveConv implements ConvAlgorithm {

    private static Kernels oracle() {
        return Device.ref().backend().kernels();
    }

    @Override
    public void forward(SimdConv kernels, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        Plain result = Plain.of(y);
        oracle().conv2d(spec, x, w, bias, result.array());
        result.store(kernels);
    }

    @Override
    public void backwardData(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        Plain result = Plain.of(dx);
        oracle().conv2dBackwardData(spec, dz, w, result.target());
        result.store(kernels);
    }

    @Override
    public void backwardFilter(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        Plain result = Plain.of(dw);
        oracle().conv2dBackwardFilter(spec, dz, x, result.target());
        result.store(kernels);
    }

    @Override
    public String toString() {
        return "naive";
    }
}
