package dev.sextant.kernels;

/// What every kernel family is made with. The families are interfaces whose methods launch the kernels of one `.cu`
/// file, and [CudaKernels] is all of them.
interface CudaFamily {
    /// Launches, modules and memory.
    Launcher launcher();
}
