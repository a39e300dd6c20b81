package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;

/// Losses.
public interface LossKernels {

    /// Softmax cross-entropy of logits `[N, C]` or `[N, C, …]`.
    ///
    /// @param target int32 class indices `[N, …]`, or floating probabilities shaped like the logits
    /// @param weight class weights `[C]` or null
    /// @param loss   `[]`, or shaped like the indices when nothing is reduced
    Aux crossEntropy(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight, NDArray loss);

    /// Gradient of [#crossEntropy] with respect to the logits.
    void crossEntropyBackward(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight, NDArray dloss,
            Aux aux, Target dlogits);

    /// Losses that compare element by element (squared, absolute, Huber, …), or log-probabilities with class indices.
    ///
    /// @param weight positive weights or class weights, or null
    void elementLoss(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray loss);

    /// Gradients of [#elementLoss].
    void elementLossBackward(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray dloss,
            Target dinput, Target dtarget);
}
