package dev.sextant.kernels;

import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.SumParts;

/// Runs a product, or another sum, that is cut into parts: the parts into a workspace, then their sum into the result.
final class PartialSums {
    private final Modules modules;
    private final DeviceMemory memory;

    PartialSums(Modules modules, DeviceMemory memory) {
        this.modules = modules;
        this.memory = memory;
    }

    /// Computes the sums.
    @FunctionalInterface
    interface Body {
        /// @param cut into which parts; part `i` belongs `i` whole results behind `to`
        void run(SumParts cut, long to, boolean add);
    }

    /// `to (+)= …`, a dense array of `elements` numbers.
    void run(SumParts cut, long to, long elements, boolean add, Body body) {
        if (cut.parts() == 1) {
            body.run(cut, to, add);
            return;
        }
        try (var workspace = memory.workspace(4 * cut.parts() * elements)) {
            body.run(cut, workspace.address(), false);
            modules.launch("split", "add_parts", elements, LaunchParameters.begin()
                    .int32(Math.toIntExact(elements)).int32(cut.parts()).pointer(workspace.address()).pointer(to)
                    .int32(add ? 1 : 0));
        }
    }
}
