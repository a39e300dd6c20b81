package dev.sextant.kernels.sim;

import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.CudaFunction;
import dev.sextant.kernels.driver.CudaModule;
import dev.sextant.kernels.ptx.PtxText;
import java.nio.file.Path;

/// A kernel written in a test, to see what the simulator makes of it. Its parameters are all pointers.
final class TestKernel {
    private TestKernel() {
    }

    /// Compiles the body of `extern "C" __global__ void kernel(float* x, float* y)`.
    static CudaFunction compile(CudaContext context, Path folder, String name, boolean traced, String body) {
        String hash = "0".repeat(64);
        var simulator = SimulatedDevice.simulator();
        SimulatorBuild.compileVariant(simulator.libraries(), folder, name,
                "#define FULL 0xffffffffu\nextern \"C\" __global__ void " + name + "(float* x, float* y) {\n" + body
                        + "\n}\n",
                hash, traced);
        simulator.set("variants", folder.toString());
        simulator.set("trace", traced ? "1" : "0");
        // The simulator reads of a PTX text what it needs: source, hash, entry points and their parameters.
        return new CudaModule(context, PtxText.parse("""
                // sextant source %s.cu sha256 %s
                .visible .entry %s(
                	.param .u64 %s_param_0,
                	.param .u64 %s_param_1
                )
                {
                }
                """.formatted(name, hash, name, name, name))).function(name);
    }
}
