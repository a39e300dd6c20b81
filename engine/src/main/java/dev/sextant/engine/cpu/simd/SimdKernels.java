package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.spi.UnsupportedKernels;

/// Joins the fast path's kernel families.
final class SimdKernels extends UnsupportedKernels {
    SimdKernels(CpuSettings settings, Workers workers) {
        super("simd");
    }
}
