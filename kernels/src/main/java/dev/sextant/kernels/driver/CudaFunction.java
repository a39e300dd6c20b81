package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;

import dev.sextant.engine.error.DeviceException;
import java.util.Arrays;
import jcuda.driver.CUfunction;

/// One kernel, ready to launch.
public final class CudaFunction {
    private static final int MOST_THREADS = 1024;
    private static final int MOST_BLOCKS_YZ = 65_535;

    private final CudaContext context;
    private final String name;
    private final CUfunction function;
    private final int[] parameterSizes;

    CudaFunction(CudaContext context, String name, CUfunction function, int[] parameterSizes) {
        this.context = context;
        this.name = name;
        this.function = function;
        this.parameterSizes = parameterSizes;
    }

    /// Extents of a grid or a block.
    public record Dim(int x, int y, int z) {
        /// A one-dimensional extent.
        public static Dim of(int x) {
            return new Dim(x, 1, 1);
        }
    }

    /// Queues the kernel on the compute stream. The parameters are read before this returns.
    public void launch(Dim grid, Dim block, LaunchParameters parameters) {
        check(grid, block, parameters);
        context.check(cuLaunchKernel(function, grid.x, grid.y, grid.z, block.x, block.y, block.z, 0, context.stream(),
                parameters.table(), null), "cuLaunchKernel", "launching " + name);
        context.queued(name);
    }

    private void check(Dim grid, Dim block, LaunchParameters parameters) {
        boolean sizesAgree = parameters.count() == parameterSizes.length;
        for (int i = 0; sizesAgree && i < parameterSizes.length; i++) {
            sizesAgree = parameters.size(i) == parameterSizes[i];
        }
        if (!sizesAgree) {
            int[] given = new int[parameters.count()];
            Arrays.setAll(given, parameters::size);
            throw new DeviceException("cuda: %s takes parameters of %s bytes, but %s were given", name,
                    Arrays.toString(parameterSizes), Arrays.toString(given));
        }
        if (grid.x < 1 || grid.y < 1 || grid.z < 1 || grid.y > MOST_BLOCKS_YZ || grid.z > MOST_BLOCKS_YZ
                || block.x * block.y * block.z > MOST_THREADS) {
            throw new DeviceException("cuda: %s with grid %s and block %s is outside the device's limits (1 to 65535 "
                    + "blocks along y and z, at most 1024 threads)", name, grid, block);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
