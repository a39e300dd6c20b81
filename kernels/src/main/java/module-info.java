/// The CUDA backend: found by `ServiceLoader`, never required by another module.
// JCuda's jars declare no module name; this module alone sees them.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.sextant.kernels {
    requires transitive dev.sextant.engine;
    requires jcublas;
    requires jcuda;
    requires jcudnn;

    exports dev.sextant.kernels;
    exports dev.sextant.kernels.conv;
    exports dev.sextant.kernels.gemm;
    exports dev.sextant.kernels.lab;
    exports dev.sextant.kernels.settings;
    exports dev.sextant.kernels.sim;

    provides dev.sextant.engine.spi.BackendProvider with dev.sextant.kernels.CudaBackendProvider;
}
