package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.ptx.PtxText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

/// The kernels of one `.cu` file, compiled by the driver from the PTX in the jar.
public final class CudaModule {
    private final CudaContext context;
    private final PtxText ptx;
    private final CUmodule module = new CUmodule();
    private final Map<String, CudaFunction> functions = new ConcurrentHashMap<>();

    /// Loads the module; the driver compiles it for this device now, or takes it from its own cache.
    public CudaModule(CudaContext context, PtxText ptx) {
        this.context = context;
        this.ptx = ptx;
        if (ptx.capability() > context.capability()) {
            throw new DeviceException("cuda: the kernels of %s need compute capability %d.%d, this device has %d.%d. "
                    + "Choose another algorithm", ptx.source(), ptx.capability() / 10, ptx.capability() % 10,
                    context.capability() / 10, context.capability() % 10);
        }
        context.attach();
        context.check(cuModuleLoadData(module, ptx.text()), "cuModuleLoadData",
                "loading the kernels of " + ptx.source());
    }

    /// The kernel of that name.
    public CudaFunction function(String name) {
        return functions.computeIfAbsent(name, this::find);
    }

    private CudaFunction find(String name) {
        int[] sizes = ptx.entries().get(name);
        if (sizes == null) {
            throw new DeviceException("cuda: %s has no kernel %s; it has %s", ptx.source(), name,
                    ptx.entries().keySet());
        }
        var function = new CUfunction();
        context.check(cuModuleGetFunction(function, module, name), "cuModuleGetFunction", "looking for " + name);
        return new CudaFunction(context, name, function, sizes);
    }
}
