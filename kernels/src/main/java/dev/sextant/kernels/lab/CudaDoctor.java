package dev.sextant.kernels.lab;

import dev.sextant.engine.spi.BackendProvider.Link;
import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.kernels.CudaBackendProvider;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.driver.CudaProbe.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What `doctor` prints about the GPU: each link of the chain from the driver to a working device, with what was found,
/// what is wanted, and the fix. Never throws.
public final class CudaDoctor {
    private static final String CUDA_12_LIBRARIES = "optional: install the CUDA 12 toolkit and cuDNN 9, or name their "
            + "folder with -D" + CudaProbe.LIBRARY_DIRECTORY + "=DIR; without them our own kernels do the work";

    private CudaDoctor() {
    }

    /// Every link, in order.
    public static List<Link> links() {
        Answer answer = CudaProbe.look();
        return List.of(driver(answer), device(answer), natives(), backend(),
                library("cuBLAS", "libcublas.so.12", "CUDA 12's cuBLAS"),
                library("cuDNN", "libcudnn.so.9", "cuDNN 9"),
                library("NVRTC", "libnvrtc.so.12", "CUDA 12's run-time compiler"));
    }

    private static Link driver(Answer answer) {
        String wanted = "CUDA 11.0 or newer";
        return switch (answer) {
            case Answer.Usable u -> new Link("NVIDIA driver", supports(u.driver()), wanted, "");
            case Answer.Missing m when m.driver() > 0 -> new Link("NVIDIA driver", supports(m.driver()), wanted, "");
            case Answer.Missing m -> new Link("NVIDIA driver", null, wanted, m.reason());
        };
    }

    private static String supports(int driver) {
        return "supports CUDA " + CudaProbe.version(driver);
    }

    private static Link device(Answer answer) {
        String wanted = "compute capability 7.5 or newer";
        return switch (answer) {
            case Answer.Usable u -> new Link("GPU", "%s, compute capability %d.%d".formatted(u.device(),
                    u.capability() / 10, u.capability() % 10), wanted, "");
            case Answer.Missing m -> new Link("GPU", null, wanted, m.driver() > 0 ? m.reason()
                    : "needs the driver first");
        };
    }

    private static Link natives() {
        String file = System.mapLibraryName("JCudaDriver-12.6.0-linux-x86_64");
        String wanted = "JCuda 12.6.0 natives for this platform";
        for (String folder : System.getProperty("java.library.path", "").split(java.io.File.pathSeparator)) {
            if (!folder.isEmpty() && Files.exists(Path.of(folder, file))) {
                return new Link("JCuda natives", Path.of(folder, file).toString(), wanted, "");
            }
        }
        boolean inJar = CudaDoctor.class.getClassLoader().getResource("lib/" + file) != null;
        return new Link("JCuda natives", inJar ? "in a jar on the class path" : null, wanted,
                inJar ? "" : "put jcuda-natives-12.6.0 for this platform on the class path");
    }

    private static Link backend() {
        String wanted = "a context and a stream on the device";
        return switch (new CudaBackendProvider().probe()) {
            case Probe.Available a -> new Link("device 'cuda'", a.backend().describe(), wanted, "");
            case Probe.Unavailable u -> new Link("device 'cuda'", null, wanted, u.reason());
        };
    }

    @SuppressWarnings("restricted")
    private static Link library(String name, String file, String wanted) {
        try (Arena arena = Arena.ofConfined()) {
            String folder = System.getProperty(CudaProbe.LIBRARY_DIRECTORY);
            if (folder != null && Files.exists(Path.of(folder, file))) {
                return new Link(name, Path.of(folder, file).toString(), wanted, "");
            }
            SymbolLookup.libraryLookup(file, arena);
            return new Link(name, file, wanted, "");
        } catch (IllegalArgumentException | IllegalCallerException e) {
            return new Link(name, null, wanted, CUDA_12_LIBRARIES);
        }
    }
}
