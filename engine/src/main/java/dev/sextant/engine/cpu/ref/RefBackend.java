package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.CpuBackend;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Kernels;

/// The oracle as a backend: float32 and float64, one thread.
public final class RefBackend extends CpuBackend {
    private final Kernels kernels = new RefKernels();

    @Override
    public String name() {
        return "ref";
    }

    @Override
    public String describe() {
        return "plain loops, sums in double precision, 1 thread";
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public String algorithm(OpSpec spec, NDArray... inputs) {
        return "naive";
    }

    @Override
    public boolean supports(DType dtype) {
        return true;
    }
}
