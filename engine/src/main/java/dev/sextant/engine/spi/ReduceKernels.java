package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.SoftmaxSpec;

/// Along axes.
public interface ReduceKernels {

    /// `y = reduce(x)`; the result is given with the reduced axes kept as extent 1 or dropped, as the spec says.
    ///
    /// @param indices int32, shaped like `y`: positions of the winners for max and min over one axis (or all), or null
    void reduce(ReduceSpec spec, NDArray x, NDArray y, NDArray indices);

    /// `dx (+)=` gradient of [#reduce].
    void reduceBackward(ReduceSpec spec, NDArray x, NDArray y, NDArray dy, Target dx);

    /// Running sum along one axis.
    void cumsum(CumsumSpec spec, NDArray x, NDArray y);

    /// Gradient of [#cumsum].
    void cumsumBackward(CumsumSpec spec, NDArray dy, Target dx);

    /// Softmax or log-softmax along one axis.
    void softmax(SoftmaxSpec spec, NDArray x, NDArray y);

    /// Gradient of [#softmax] from its output.
    void softmaxBackward(SoftmaxSpec spec, NDArray y, NDArray dy, Target dx);
}
