package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.cpu.Workers;

/// What every kernel family needs. The families are interfaces whose methods hold the kernels, and [SimdKernels] is
/// all of them: a call goes from the SPI straight to the family that computes it.
interface SimdFamily {
    /// The threads that share the work.
    Workers workers();

    /// Precision and algorithm.
    CpuSettings settings();
}
