package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.cpu.CpuBackend;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.spi.Kernels;

/// The fast CPU path as a backend: float32 and int32.
public final class SimdBackend extends CpuBackend {
    private final CpuSettings settings;
    private final Kernels kernels;

    /// @param settings threads, precision, algorithm
    public SimdBackend(CpuSettings settings) {
        this.settings = settings;
        this.kernels = new SimdKernels(settings, Workers.of(settings.threads()));
    }

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public String describe() {
        return VectorSupport.describe() + ", " + settings.threads() + (settings.threads() == 1 ? " thread, " : " threads, ")
                + settings.precision().name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public boolean supports(DType dtype) {
        return dtype != DType.FLOAT64;
    }
}
