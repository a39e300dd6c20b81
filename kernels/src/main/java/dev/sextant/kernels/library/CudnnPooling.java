package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// Pooling and its gradient by cuDNN. A NaN wins a window; of equal maxima the documentation does not say which takes
/// the gradient.
public final class CudnnPooling {
    private final Cudnn cudnn;
    private final Descriptors descriptors;

    CudnnPooling(Cudnn cudnn, Descriptors descriptors) {
        this.cudnn = cudnn;
        this.descriptors = descriptors;
    }

    /// Whether cuDNN has this pooling: it knows no dilation, and rounds the output's extent down.
    public static boolean supports(Pool2dSpec spec) {
        return spec.dilation().equals(Pair.ONE) && !spec.ceil();
    }

    /// Whether cuDNN has this pooling: as one window over the whole image.
    public static boolean supports(AdaptivePool2dSpec spec) {
        return spec.output().equals(Pair.ONE);
    }

    /// The one window of a pooling to 1×1.
    public static Pool2dSpec whole(AdaptivePool2dSpec spec, Shape x) {
        var image = new Pair(x.dim(2), x.dim(3));
        return new Pool2dSpec(spec.kind(), image, image, Pair.of(0), Pair.ONE, false, true);
    }

    private cudnnPoolingDescriptor window(Pool2dSpec spec) {
        int average = spec.countIncludePad() ? cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING
                : cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
        int mode = spec.kind() == PoolKind.MAX ? cudnnPoolingMode.CUDNN_POOLING_MAX_DETERMINISTIC : average;
        return descriptors.pooling(new Descriptors.Window(mode, spec.kernel().h(), spec.kernel().w(), spec.pad().h(),
                spec.pad().w(), spec.stride().h(), spec.stride().w()));
    }

    private cudnnTensorDescriptor tensor(Shape s) {
        return descriptors.tensor(s.dim(0), s.dim(1), s.dim(2), s.dim(3));
    }

    /// `y = pool(x)`.
    public void forward(Pool2dSpec spec, Shape xs, Shape ys, long x, long y) {
        cudnn.run("cudnnPoolingForward", spec, handle -> JCudnn.cudnnPoolingForward(handle, window(spec), Factor.ONE,
                tensor(xs), pointer(x), Factor.ZERO, tensor(ys), pointer(y)));
    }

    /// `dx (+)=` gradient; cuDNN looks at both `x` and `y` again.
    public void backward(Pool2dSpec spec, Shape xs, Shape ys, long y, long dy, long x, long dx, boolean add) {
        cudnn.run("cudnnPoolingBackward", spec, handle -> JCudnn.cudnnPoolingBackward(handle, window(spec), Factor.ONE,
                tensor(ys), pointer(y), tensor(ys), pointer(dy), tensor(xs), pointer(x), Factor.beta(add), tensor(xs),
                pointer(dx)));
    }
}
