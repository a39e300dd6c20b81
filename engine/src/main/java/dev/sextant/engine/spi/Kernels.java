package dev.sextant.engine.spi;

/// Every kernel family of a backend. A backend that lacks some extends [UnsupportedKernels].
public interface Kernels extends GemmKernels, ConvKernels, PoolKernels, NormKernels, PointwiseKernels, FusedKernels,
        ReduceKernels, IndexKernels, LossKernels, OptimizerKernels {
}
