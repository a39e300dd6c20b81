package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;

/// Two-dimensional cross-correlation and its three gradients. Shapes: [Conv2dSpec].
public interface ConvKernels {

    /// `y = act(x ⋆ w + bias)`, the activation being part of the spec (usually none).
    ///
    /// @param bias `[K]` or null
    void conv2d(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y);

    /// `dx (+)= dz ⋆ᵀ w`, where `dz` is the gradient before the activation.
    void conv2dBackwardData(Conv2dSpec spec, NDArray dz, NDArray w, Target dx);

    /// `dw (+)= x ⋆ dz`, summed over the batch.
    void conv2dBackwardFilter(Conv2dSpec spec, NDArray dz, NDArray x, Target dw);

    /// `dbias (+)= Σ_{n,p,q} dz`.
    void conv2dBackwardBias(Conv2dSpec spec, NDArray dz, Target dbias);
}
