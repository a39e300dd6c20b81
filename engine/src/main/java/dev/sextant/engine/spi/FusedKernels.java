package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;

/// Compositions of other kernels that touch the same memory one after the other. The defaults are the compositions
/// themselves; a backend overrides what it can compute in fewer passes.
public interface FusedKernels extends NormKernels, PointwiseKernels, ConvKernels {

    /// `y = act(batchNorm(x) + residual)`.
    ///
    /// @return for [#batchNormActivationBackward]
    default Aux batchNormAdd(BatchNormSpec spec, NDArray x, NDArray residual, NDArray gamma, NDArray beta,
            NDArray runningMean, NDArray runningVar, NDArray y) {
        Aux aux = batchNorm(spec.withActivation(UnarySpec.IDENTITY), x, gamma, beta, runningMean, runningVar, y);
        binary(BinarySpec.ADD, y, residual, y);
        if (!spec.activation().isIdentity()) {
            unary(spec.activation(), y, y);
        }
        return aux;
    }

    /// `y = act(x ⋆ w + bias + residual)`, in inference.
    ///
    /// @param residual shaped like `y`
    default void conv2dAdd(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray residual, NDArray y) {
        conv2d(spec.with(UnarySpec.IDENTITY), x, w, bias, y);
        binary(BinarySpec.ADD, y, residual, y);
        if (!spec.activation().isIdentity()) {
            unary(spec.activation(), y, y);
        }
    }

    /// Gradients of [#batchNorm] and [#batchNormAdd] from the gradient after their activation.
    ///
    /// @param y  what forward computed
    /// @param dz becomes the gradient before the activation, which is also the residual's; may be `dy` itself. Where it
    ///           is, and there was no residual, it may stay as it was
    default void batchNormActivationBackward(BatchNormSpec spec, NDArray dy, NDArray x, NDArray y, NDArray gamma,
            Aux aux, NDArray dz, Target dx, Target dgamma, Target dbeta) {
        unaryBackward(spec.activation(), null, y, dy, Target.set(dz));
        batchNormBackward(spec, dz, x, gamma, aux, dx, dgamma, dbeta);
    }

    /// `dz = act′·dy` of a convolution with an activation and a bias, and `dbias (+)= Σ dz`.
    ///
    /// @param dz may be `dy` itself
    default void conv2dActivationBackward(Conv2dSpec spec, NDArray dy, NDArray y, NDArray dz, Target dbias) {
        unaryBackward(spec.activation(), null, y, dy, Target.set(dz));
        conv2dBackwardBias(spec, dz, dbias);
    }
}
