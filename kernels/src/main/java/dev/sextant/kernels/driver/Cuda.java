package dev.sextant.kernels.driver;

import dev.sextant.engine.error.DeviceException;
import jcuda.driver.CUresult;

/// Turns the driver's result codes into exceptions; JCuda's own checking stays off, because it is one switch for the
/// whole JVM.
public final class Cuda {
    private static final int OUT_OF_MEMORY = 2;
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int LAUNCH_FAILED = 719;

    private Cuda() {
    }

    /// Fails unless `result` is success.
    ///
    /// @param call    the driver function
    /// @param context what was being done, with the numbers that matter
    public static void check(int result, String call, Object context) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DeviceException("cuda: %s failed with %d (%s) while %s. %s", call, result,
                    CUresult.stringFor(result), context, remedy(result));
        }
    }

    /// Whether the code says that device memory ran out.
    public static boolean isOutOfMemory(int result) {
        return result == OUT_OF_MEMORY;
    }

    private static String remedy(int result) {
        return switch (result) {
            case ILLEGAL_ADDRESS, LAUNCH_FAILED -> "A kernel went wrong and the device context is lost: every later "
                    + "call fails alike. Restart the program; compute-sanitizer names the access";
            case OUT_OF_MEMORY -> "Use a smaller batch, or close other programs that use the GPU";
            case 900, 901 -> "A step that is being recorded may not wait for the device or ask the driver for memory: "
                    + "open a Scope in it, so that its second run finds the memory of its first";
            case 209, 218, 222 -> "The driver cannot load these kernels; update the NVIDIA driver (450 or newer)";
            default -> "See the CUDA driver API documentation for this code";
        };
    }
}
