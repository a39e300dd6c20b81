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
    private volatile int gridLimit = Integer.MAX_VALUE;

    /// @param context where the modules are loaded
    public Modules(CudaContext context) {
        this.context = context;
    }

    /// Grids that a kernel walks in strides have at most `blocks` blocks along that axis.
    public void limitGrid(int blocks) {
        gridLimit = blocks;
    }

    /// The extent of a grid's axis that the kernel walks in strides: `wanted`, or what is allowed.
    public int extent(long wanted, int most) {
        return (int) Math.min(Math.min(wanted, most), gridLimit);
    }

    /// Kernel `name` of `source.cu`.
    public CudaFunction function(String source, String name) {
        return modules.computeIfAbsent(source, s -> new CudaModule(context, PtxText.of(s))).function(name);
    }

    /// Launches a kernel that walks `elements` in strides of its grid; nothing to do is no launch.
    public void launch(String source, String name, long elements, LaunchParameters parameters) {
        if (elements > 0) {
            function(source, name).launch(CudaFunction.Dim.of(extent(Math.ceilDiv(elements, BLOCK), MOST_BLOCKS)),
                    CudaFunction.Dim.of(BLOCK), parameters);
        }
    }
}
