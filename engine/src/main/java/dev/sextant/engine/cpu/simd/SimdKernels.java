package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.spi.Kernels;

/// Joins the fast path's kernel families: a step into `kernels.conv2d(…)` lands in [SimdConv].
///
/// @param settings precision and algorithm
/// @param workers  the threads
record SimdKernels(CpuSettings settings, Workers workers)
        implements Kernels, SimdFused, SimdGemm, SimdConv, SimdPool, SimdNorm,
        SimdPointwise, SimdReduce, SimdIndex, SimdLoss, SimdOptimizer {
}
