package dev.sextant.kernels.library;

import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.settings.GpuSettings;

/// cuBLAS and cuDNN, opened for one context: one object per family of operations.
public final class Libraries {
    private final Cudnn cudnn;
    private final Cublas cublas;
    private final CudnnConvolution convolution;
    private final CudnnPooling pooling;
    private final CudnnBatchNorm batchNorm;
    private final CudnnPointwise pointwise;
    private final GpuSettings settings;

    /// Opens both libraries.
    ///
    /// @throws dev.sextant.engine.error.DeviceException if one is missing, with the remedy
    public Libraries(CudaContext context, DeviceMemory memory, GpuSettings settings) {
        this.settings = settings;
        var descriptors = new Descriptors(settings.tf32());
        cublas = new Cublas(context, memory, settings);
        cudnn = new Cudnn(context);
        convolution = new CudnnConvolution(cudnn, descriptors, context, memory, settings);
        pooling = new CudnnPooling(cudnn, descriptors);
        batchNorm = new CudnnBatchNorm(cudnn, descriptors);
        pointwise = new CudnnPointwise(cudnn, descriptors);
    }

    /// Matrix products.
    public Cublas cublas() {
        return cublas;
    }

    /// Convolutions.
    public CudnnConvolution convolution() {
        return convolution;
    }

    /// Pooling.
    public CudnnPooling pooling() {
        return pooling;
    }

    /// Batch normalisation.
    public CudnnBatchNorm batchNorm() {
        return batchNorm;
    }

    /// Activations, biases, softmax.
    public CudnnPointwise pointwise() {
        return pointwise;
    }

    @Override
    public String toString() {
        return "cuBLAS " + cublas.version() + " and cuDNN " + cudnn.version()
                + settings.toString().replace("cuBLAS and cuDNN", "");
    }
}
