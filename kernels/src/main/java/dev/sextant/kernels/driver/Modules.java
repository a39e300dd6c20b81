package dev.sextant.kernels.driver;

import dev.sextant.kernels.ptx.PtxText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The kernels of one context, each module loaded when first asked for.
public final class Modules {
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
}
