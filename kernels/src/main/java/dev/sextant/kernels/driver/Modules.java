package dev.sextant.kernels.driver;

import dev.sextant.kernels.ptx.PtxText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The kernels of one context, each module loaded when first asked for.
public final class Modules {
    private static final int BLOCK = 256;
    // Enough to fill any device; the kernels walk on in strides of the grid.
    private static final int MOST_BLOCKS = 4096;

    private final CudaContext context;
    private final Map<String, CudaModule> modules = new ConcurrentHashMap<>();

    /// @param context where the modules are loaded
    public Modules(CudaContext context) {
        this.context = context;
    }

    /// Kernel `name` of `source.cu`.
    public CudaFunction function(String source, String name) {
        return modules.computeIfAbsent(source, s -> new CudaModule(context, PtxText.of(s))).function(name);
    }

    /// Launches a kernel that walks `elements` in strides of its grid; nothing to do is no launch.
    public void launch(String source, String name, long elements, LaunchParameters parameters) {
        if (elements > 0) {
            function(source, name).launch(CudaFunction.Dim.of((int) Math.min(MOST_BLOCKS,
                    Math.ceilDiv(elements, BLOCK))), CudaFunction.Dim.of(BLOCK), parameters);
        }
    }
}
