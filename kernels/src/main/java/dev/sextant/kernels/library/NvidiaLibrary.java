package dev.sextant.kernels.library;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.driver.CudaProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;

/// Loads a library of NVIDIA's before JCuda's classes need it. Loaded first, it satisfies whatever asks for it by name
/// later; and if it is missing, this says so, while JCuda's class would stay broken for the life of the JVM.
enum NvidiaLibrary {
    /// cuBLAS 12, after its helper, which is beside it.
    CUBLAS("cuBLAS 12", "libcublasLt.so.12", "libcublas.so.12"),
    /// cuDNN 9, which finds its parts beside itself.
    CUDNN("cuDNN 9", "libcudnn.so.9"),
    /// The run-time compiler, with its built-in headers; no device needs it.
    NVRTC("NVRTC 12", "libnvrtc-builtins.so.12.6", "libnvrtc.so.12");

    private final String title;
    private final String[] files;

    NvidiaLibrary(String title, String... files) {
        this.title = title;
        this.files = files;
    }

    /// Loads it: from the folder `-Dsextant.gpu.libdir` if that has it, else from where the system looks.
    @SuppressWarnings("restricted")
    void load() {
        String folder = System.getProperty(CudaProbe.LIBRARY_DIRECTORY);
        String main = files[files.length - 1];
        try {
            for (String file : files) {
                Path path = folder == null ? null : Path.of(folder, file).toAbsolutePath();
                if (path != null && Files.exists(path)) {
                    SymbolLookup.libraryLookup(path, Arena.global());
                } else if (file.equals(main)) {
                    SymbolLookup.libraryLookup(file, Arena.global());
                }
            }
        } catch (IllegalArgumentException e) {
            throw new DeviceException(e, "cuda: %s cannot be loaded: there is no usable %s%s; install it, name its "
                    + "folder with -D%s=DIR, or compute with our own kernels (--gpu-lib own)", title, main,
                    folder == null ? "" : " in " + folder, CudaProbe.LIBRARY_DIRECTORY);
        }
    }
}
