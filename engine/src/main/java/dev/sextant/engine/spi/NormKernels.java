package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;

/// Normalisations. `gamma` and `beta` may be null (no affine part); any [Target] may be null (not wanted).
public interface NormKernels {

    /// `y = act(γ·(x − μ)/√(σ² + ε) + β)` per channel, for `x` `[N, C]` or `[N, C, …]`.
    ///
    /// Training: μ and the biased σ² come from the batch, and the running statistics are updated in place
    /// (`running = (1 − momentum)·running + momentum·batch`, with the unbiased variance). Evaluation: the running ones.
    ///
    /// @param runningMean `[C]`; may be null in training
    /// @param runningVar  `[C]`; may be null in training
    Aux batchNorm(BatchNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray runningMean, NDArray runningVar,
            NDArray y);

    /// Gradients of [#batchNorm]; `dz` is the gradient before the activation.
    void batchNormBackward(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Aux aux, Target dx, Target dgamma,
            Target dbeta);

    /// Normalises over the last axes named by the spec.
    Aux layerNorm(LayerNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y);

    /// Gradients of [#layerNorm].
    void layerNormBackward(LayerNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta);

    /// Normalises over groups of channels of `[N, C, …]`.
    Aux groupNorm(GroupNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y);

    /// Gradients of [#groupNorm].
    void groupNormBackward(GroupNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta);

    /// `y = x·(k + α/size · Σ x²)^(−β)` over neighbouring channels of `[N, C, H, W]`.
    void localResponseNorm(LocalResponseNormSpec spec, NDArray x, NDArray y);

    /// Gradient of [#localResponseNorm].
    void localResponseNormBackward(LocalResponseNormSpec spec, NDArray dy, NDArray x, NDArray y, Target dx);
}
