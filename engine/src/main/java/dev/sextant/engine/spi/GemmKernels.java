package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;

/// Matrix products.
public interface GemmKernels {

    /// `y = a·b` over the last two axes, leading axes broadcast; `spec` may transpose either operand.
    ///
    /// @param a `[…, M, K]` (or `[…, K, M]` transposed)
    /// @param b `[…, K, N]` (or `[…, N, K]` transposed)
    /// @param y `[…, M, N]` with the broadcast leading axes
    void matmul(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write);

    /// `y = act(x·wᵀ + bias)`.
    ///
    /// @param x    `[N, in]`
    /// @param w    `[out, in]`
    /// @param bias `[out]` or null
    /// @param y    `[N, out]`
    void linear(LinearSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y);

    /// `dx (+)= dz·w`, where `dz` `[N, out]` is the gradient before the activation.
    void linearBackwardData(LinearSpec spec, NDArray dz, NDArray w, Target dx);

    /// `dw (+)= dzᵀ·x`.
    void linearBackwardWeight(LinearSpec spec, NDArray dz, NDArray x, Target dw);

    /// `dbias (+)= Σ_n dz`.
    void linearBackwardBias(LinearSpec spec, NDArray dz, Target dbias);
}
