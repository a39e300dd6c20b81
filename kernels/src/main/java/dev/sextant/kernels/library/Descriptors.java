package dev.sextant.kernels.library;

import dev.sextant.kernels.conv.ConvProblem;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/// cuDNN's descriptors, each made once for its numbers and kept: a network has few shapes, and a descriptor that was
/// set is never changed. All tensors are dense float32 in the order N, C, H, W.
final class Descriptors {
    private static final int FLOAT = cudnnDataType.CUDNN_DATA_FLOAT;
    private static final int NCHW = cudnnTensorFormat.CUDNN_TENSOR_NCHW;

    private final Map<Extents, cudnnTensorDescriptor> tensors = new ConcurrentHashMap<>();
    private final Map<Extents, cudnnFilterDescriptor> filters = new ConcurrentHashMap<>();
    private final Map<ConvProblem, cudnnConvolutionDescriptor> convolutions = new ConcurrentHashMap<>();
    private final Map<Window, cudnnPoolingDescriptor> poolings = new ConcurrentHashMap<>();
    private final Map<Activation, cudnnActivationDescriptor> activations = new ConcurrentHashMap<>();
    private final boolean tf32;

    Descriptors(boolean tf32) {
        this.tf32 = tf32;
    }

    private record Extents(int n, int c, int h, int w) {
    }

    /// A pooling window; `mode` is cuDNN's.
    record Window(int mode, int height, int width, int padH, int padW, int strideH, int strideW) {
    }

    /// An activation; `mode` is cuDNN's, and `ceiling` that of the clipped rectifier.
    record Activation(int mode, double ceiling) {
    }

    cudnnTensorDescriptor tensor(int n, int c, int h, int w) {
        return tensors.computeIfAbsent(new Extents(n, c, h, w), make("tensor", cudnnTensorDescriptor::new,
                JCudnn::cudnnCreateTensorDescriptor,
                (d, e) -> JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, FLOAT, e.n, e.c, e.h, e.w)));
    }

    cudnnFilterDescriptor filter(int k, int c, int r, int s) {
        return filters.computeIfAbsent(new Extents(k, c, r, s), make("filter", cudnnFilterDescriptor::new,
                JCudnn::cudnnCreateFilterDescriptor,
                (d, e) -> JCudnn.cudnnSetFilter4dDescriptor(d, FLOAT, NCHW, e.n, e.c, e.h, e.w)));
    }

    cudnnConvolutionDescriptor convolution(ConvProblem problem) {
        return convolutions.computeIfAbsent(problem, make("convolution", cudnnConvolutionDescriptor::new,
                JCudnn::cudnnCreateConvolutionDescriptor, this::set));
    }

    // The math type is set before any algorithm is asked for: JCudnn loses the one that the answer names.
    private int set(cudnnConvolutionDescriptor d, ConvProblem g) {
        int status = JCudnn.cudnnSetConvolution2dDescriptor(d, g.padH(), g.padW(), g.strideH(), g.strideW(),
                g.dilationH(), g.dilationW(), cudnnConvolutionMode.CUDNN_CROSS_CORRELATION, FLOAT);
        if (status == 0) {
            status = JCudnn.cudnnSetConvolutionMathType(d, tf32 ? cudnnMathType.CUDNN_DEFAULT_MATH
                    : cudnnMathType.CUDNN_FMA_MATH);
        }
        return status == 0 ? JCudnn.cudnnSetConvolutionGroupCount(d, g.groups()) : status;
    }

    cudnnPoolingDescriptor pooling(Window window) {
        return poolings.computeIfAbsent(window, make("pooling", cudnnPoolingDescriptor::new,
                JCudnn::cudnnCreatePoolingDescriptor,
                (d, p) -> JCudnn.cudnnSetPooling2dDescriptor(d, p.mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
                        p.height, p.width, p.padH, p.padW, p.strideH, p.strideW)));
    }

    cudnnActivationDescriptor activation(Activation activation) {
        return activations.computeIfAbsent(activation, make("activation", cudnnActivationDescriptor::new,
                JCudnn::cudnnCreateActivationDescriptor, (d, a) -> JCudnn.cudnnSetActivationDescriptor(d, a.mode,
                        cudnnNanPropagation.CUDNN_PROPAGATE_NAN, a.ceiling)));
    }

    @FunctionalInterface
    private interface Create<D> {
        int into(D descriptor);
    }

    @FunctionalInterface
    private interface Set<D, K> {
        int to(D descriptor, K numbers);
    }

    private static <K, D> Function<K, D> make(String kind, java.util.function.Supplier<D> empty, Create<D> create,
            Set<D, K> set) {
        return numbers -> {
            D descriptor = empty.get();
            Cudnn.check(create.into(descriptor), "making a " + kind + " descriptor", numbers);
            Cudnn.check(set.to(descriptor, numbers), "setting a " + kind + " descriptor", numbers);
            return descriptor;
        };
    }
}
