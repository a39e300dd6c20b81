package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;

/// Max and average pooling over `[N, C, H, W]`.
///
/// Max pooling: the first maximum of a window in row-major order takes the whole gradient; NaN wins; padding never.
public interface PoolKernels {

    /// What [#pool2dBackward] wants to see again.
    Keeps poolKeeps(Pool2dSpec spec);

    /// `y = pool(x)`.
    Aux pool2d(Pool2dSpec spec, NDArray x, NDArray y);

    /// As [#pool2d] where nobody will ask for the gradient.
    default void pool2dValues(Pool2dSpec spec, NDArray x, NDArray y) {
        pool2d(spec, x, y);
    }

    /// `dx (+)=` gradient; `x`, `y` as [#poolKeeps] asks (else null), `aux` from the forward call.
    void pool2dBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx);

    /// Positions `h·W + w` of the winners of a max pool, int32, shaped like `y`.
    void pool2dIndices(Pool2dSpec spec, NDArray x, NDArray indices);

    /// What [#adaptivePool2dBackward] wants to see again.
    Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec);

    /// Pooling to a fixed output size.
    Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray x, NDArray y);

    /// Gradient of [#adaptivePool2d].
    void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx);

    /// Positions of the winners of an adaptive max pool.
    void adaptivePool2dIndices(AdaptivePool2dSpec spec, NDArray x, NDArray indices);
}
