package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.engine.op.UnarySpec;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// Activations, biases and softmax by cuDNN.
public final class CudnnPointwise {
    private final Cudnn cudnn;
    private final Descriptors descriptors;

    CudnnPointwise(Cudnn cudnn, Descriptors descriptors) {
        this.cudnn = cudnn;
        this.descriptors = descriptors;
    }

    /// Whether cuDNN has this function.
    public static boolean supports(UnarySpec spec) {
        return switch (spec.kind()) {
            case RELU, SIGMOID, TANH -> true;
            // The clipped rectifier: min(max(x, 0), b).
            case HARDTANH -> spec.a() == 0 && spec.b() > 0;
            default -> false;
        };
    }

    private cudnnActivationDescriptor activation(UnarySpec spec) {
        int mode = switch (spec.kind()) {
            case SIGMOID -> cudnnActivationMode.CUDNN_ACTIVATION_SIGMOID;
            case TANH -> cudnnActivationMode.CUDNN_ACTIVATION_TANH;
            case HARDTANH -> cudnnActivationMode.CUDNN_ACTIVATION_CLIPPED_RELU;
            default -> cudnnActivationMode.CUDNN_ACTIVATION_RELU;
        };
        return descriptors.activation(new Descriptors.Activation(mode, spec.b()));
    }

    private cudnnTensorDescriptor row(long elements) {
        return descriptors.tensor(1, 1, 1, Math.toIntExact(elements));
    }

    /// `y = f(x)`.
    public void activate(UnarySpec spec, long elements, long x, long y) {
        cudnn.run("cudnnActivationForward", spec, handle -> JCudnn.cudnnActivationForward(handle, activation(spec),
                Factor.ONE, row(elements), pointer(x), Factor.ZERO, row(elements), pointer(y)));
    }

    /// `dx (+)= f′·dy`, from the output alone: each of these functions keeps the order, and its kinks are where its
    /// output says, so `y` stands for the `x` that cuDNN asks for.
    public void activateBackward(UnarySpec spec, long elements, long y, long dy, long dx, boolean add) {
        var row = row(elements);
        cudnn.run("cudnnActivationBackward", spec, handle -> JCudnn.cudnnActivationBackward(handle, activation(spec),
                Factor.ONE, row, pointer(y), row, pointer(dy), row, pointer(y), Factor.beta(add), row, pointer(dx)));
    }

    /// `y += bias`, one value per channel of `y` `[n, channels, pixels]`.
    public void addBias(int n, int channels, int pixels, long bias, long y) {
        cudnn.run("cudnnAddTensor", "a bias of " + channels, handle -> JCudnn.cudnnAddTensor(handle, Factor.ONE,
                descriptors.tensor(1, channels, 1, 1), pointer(bias), Factor.ONE,
                descriptors.tensor(n, channels, 1, pixels), pointer(y)));
    }

    private static int softmax(boolean log) {
        return log ? cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG : cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE;
    }

    /// Softmax, or its logarithm, along the middle axis of `[outer, length, inner]`.
    public void softmax(boolean log, int outer, int length, int inner, long x, long y) {
        var t = descriptors.tensor(outer, length, 1, inner);
        cudnn.run("cudnnSoftmaxForward", "a softmax of " + length, handle -> JCudnn.cudnnSoftmaxForward(handle,
                softmax(log), cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL, Factor.ONE, t, pointer(x), Factor.ZERO, t,
                pointer(y)));
    }
}
