package dev.sextant.kernels.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Looks for a usable GPU before any JCuda class is loaded: a JCuda library that misses a symbol would end the JVM,
/// while this only answers. Calls `libcuda.so.1` directly.
///
/// `-Dsextant.gpu.libdir=DIR` names a folder whose `libcuda.so.1` is taken instead of the system's.
public final class CudaProbe {
    /// Folder of the driver library, if not the system's.
    public static final String LIBRARY_DIRECTORY = "sextant.gpu.libdir";
    /// CUDA 11.0: the oldest driver that reads the kernels' PTX.
    static final int OLDEST_DRIVER = 11000;
    /// Compute capability 7.5 (Turing): what the kernels are compiled for.
    static final int OLDEST_CAPABILITY = 75;

    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    // Results of cuInit.
    private static final int STUB_LIBRARY = 34;
    private static final int NO_DEVICE = 100;
    private static final int DRIVER_MISMATCH = 803;

    private CudaProbe() {
    }

    /// What was found.
    public sealed interface Answer {
        /// A device that can run the kernels.
        ///
        /// @param driver     the CUDA version of the driver, for example 12060
        /// @param capability compute capability times ten, for example 90
        record Usable(String device, int driver, int capability, int devices) implements Answer {
        }

        /// What is missing, in one line with the remedy.
        ///
        /// @param driver the CUDA version of the driver, where that answered and is new enough: the GPU is what is
        ///               missing; else 0
        record Missing(int driver, String reason) implements Answer {
        }
    }

    private static Answer missing(String format, Object... args) {
        return missing(0, format, args);
    }

    private static Answer missing(int driver, String format, Object... args) {
        return new Answer.Missing(driver, format.formatted(args));
    }

    /// Looks; never throws.
    public static Answer look() {
        try {
            return look(open());
        } catch (IllegalArgumentException e) {
            return missing(
                    "there is no usable libcuda.so.1; install the NVIDIA driver, or name its folder with -D%s=DIR",
                    LIBRARY_DIRECTORY);
        } catch (IllegalCallerException e) {
            return missing("calling native libraries is not allowed; start java with "
                    + "--enable-native-access=ALL-UNNAMED");
        } catch (Throwable e) {
            return missing("libcuda.so.1 could not be asked: %s", String.valueOf(e.getMessage()).lines().findFirst()
                    .orElse(e.toString()));
        }
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup open() {
        String directory = System.getProperty(LIBRARY_DIRECTORY);
        if (directory != null) {
            Path library = Path.of(directory, "libcuda.so.1").toAbsolutePath();
            if (Files.exists(library)) {
                // Loaded first by its full path, it also satisfies what JCuda's library asks for by name.
                return SymbolLookup.libraryLookup(library, Arena.global());
            }
        }
        return SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());
    }

    private static Answer look(SymbolLookup cuda) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            int rc = call(cuda, "cuInit", 0);
            call(cuda, "cuDriverGetVersion", out);
            int driver = out.get(ValueLayout.JAVA_INT, 0);
            if (rc != 0) {
                return missing(rc == NO_DEVICE ? driver : 0, "the NVIDIA driver did not start (cuInit gave %d): %s", rc,
                        remedy(rc));
            }
            if (driver < OLDEST_DRIVER) {
                return missing("the NVIDIA driver supports CUDA %s; 11.0 or newer is needed (driver 450)",
                        version(driver));
            }
            rc = call(cuda, "cuDeviceGetCount", out);
            int devices = out.get(ValueLayout.JAVA_INT, 0);
            if (rc != 0 || devices == 0) {
                return missing(driver, "the NVIDIA driver sees no GPU (%d, result %d); check nvidia-smi, and "
                        + "CUDA_VISIBLE_DEVICES if it is set", devices, rc);
            }
            call(cuda, "cuDeviceGet", out, 0);
            int device = out.get(ValueLayout.JAVA_INT, 0);
            call(cuda, "cuDeviceGetAttribute", out, CAPABILITY_MAJOR, device);
            int major = out.get(ValueLayout.JAVA_INT, 0);
            call(cuda, "cuDeviceGetAttribute", out, CAPABILITY_MINOR, device);
            int capability = 10 * major + out.get(ValueLayout.JAVA_INT, 0);
            MemorySegment name = arena.allocate(256);
            call(cuda, "cuDeviceGetName", name, 256, device);
            if (capability < OLDEST_CAPABILITY) {
                return missing(driver, "%s has compute capability %d.%d; 7.5 (Turing, 2018) or newer is needed",
                        name.getString(0), major, capability % 10);
            }
            return new Answer.Usable(name.getString(0), driver, capability, devices);
        }
    }

    private static String remedy(int cuInitResult) {
        return switch (cuInitResult) {
            case STUB_LIBRARY ->
                "this libcuda.so.1 is the toolkit's stub for linking, not a driver; install the NVIDIA "
                        + "driver, or take the stubs folder out of the library path";
            case NO_DEVICE ->
                "no GPU, or no permission to use /dev/nvidia*; check nvidia-smi, and CUDA_VISIBLE_DEVICES "
                        + "if it is set";
            case DRIVER_MISMATCH -> "its library and the loaded kernel module are of two versions; restart the machine";
            default -> "check nvidia-smi";
        };
    }

    /// `12060` → `12.6`.
    public static String version(int driver) {
        return driver / 1000 + "." + driver % 1000 / 10;
    }

    @SuppressWarnings("restricted")
    private static int call(SymbolLookup library, String name, Object... args) throws Throwable {
        var address = library.find(name).orElseThrow(() -> new IllegalStateException(name + " is missing"));
        var types = new MemoryLayout[args.length];
        for (int i = 0; i < args.length; i++) {
            types[i] = args[i] instanceof MemorySegment ? ValueLayout.ADDRESS : ValueLayout.JAVA_INT;
        }
        return (int) Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, types))
                .invokeWithArguments(args);
    }
}
