package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;

/// A way to compute convolutions that [ConvChoice] can choose instead of an implicit product. Its name, for traces and
/// run cards, is its `toString`. Shapes: [dev.sextant.engine.spi.ConvKernels].
interface ConvAlgorithm {
    void forward(SimdConv kernels, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y);

    void backwardData(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray w, Target dx);

    void backwardFilter(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray x, Target dw);
}
