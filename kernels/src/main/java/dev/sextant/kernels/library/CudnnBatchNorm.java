package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// Batch normalisation by cuDNN, per channel. The mode is SPATIAL, not SPATIAL_PERSISTENT, which is faster but loses
/// accuracy in some networks.
public final class CudnnBatchNorm {
    private static final int SPATIAL = cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;

    private final Cudnn cudnn;
    private final Descriptors descriptors;

    CudnnBatchNorm(Cudnn cudnn, Descriptors descriptors) {
        this.cudnn = cudnn;
        this.descriptors = descriptors;
    }

    // [N, C, …] with all pixels in one row.
    private cudnnTensorDescriptor images(Shape x) {
        return descriptors.tensor(x.dim(0), x.dim(1), 1, Math.toIntExact(x.size() / x.dim(0) / x.dim(1)));
    }

    private cudnnTensorDescriptor channels(Shape x) {
        return descriptors.tensor(1, x.dim(1), 1, 1);
    }

    /// `y = γ·(x − μ)/√(σ² + ε) + β` with the statistics of the batch, which are saved as the mean and the inverse
    /// deviation, and blended into the running ones (the variance unbiased).
    ///
    /// @param runningMean 0 with `runningVar` 0 for none
    public void train(BatchNormSpec spec, Shape shape, long x, long gamma, long beta, long runningMean, long runningVar,
            long savedMean, long savedInverse, long y) {
        cudnn.run("cudnnBatchNormalizationForwardTraining", shape, handle -> JCudnn
                .cudnnBatchNormalizationForwardTraining(handle, SPATIAL, Factor.ONE, Factor.ZERO, images(shape),
                        pointer(x), images(shape), pointer(y), channels(shape), pointer(gamma), pointer(beta),
                        spec.momentum(), pointer(runningMean), pointer(runningVar), spec.eps(), pointer(savedMean),
                        pointer(savedInverse)));
    }

    /// The same with the running statistics.
    public void infer(BatchNormSpec spec, Shape shape, long x, long gamma, long beta, long runningMean, long runningVar,
            long y) {
        cudnn.run("cudnnBatchNormalizationForwardInference", shape, handle -> JCudnn
                .cudnnBatchNormalizationForwardInference(handle, SPATIAL, Factor.ONE, Factor.ZERO, images(shape),
                        pointer(x), images(shape), pointer(y), channels(shape), pointer(gamma), pointer(beta),
                        pointer(runningMean), pointer(runningVar), spec.eps()));
    }

    /// Gradients of [#train]. The parameters share one way of writing.
    public void backward(BatchNormSpec spec, Shape shape, long x, long dz, long gamma, long savedMean,
            long savedInverse, long dx, boolean addData, long dgamma, long dbeta, boolean addParameters) {
        cudnn.run("cudnnBatchNormalizationBackward", shape, handle -> JCudnn.cudnnBatchNormalizationBackward(handle,
                SPATIAL, Factor.ONE, Factor.beta(addData), Factor.ONE, Factor.beta(addParameters), images(shape),
                pointer(x), images(shape), pointer(dz), images(shape), pointer(dx), channels(shape), pointer(gamma),
                pointer(dgamma), pointer(dbeta), spec.eps(), pointer(savedMean), pointer(savedInverse)));
    }
}
