package dev.sextant.cli;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// The device that `--backend`, `--threads`, `--precision` and `--conv` ask for.
public final class Devices {
    /// Values of `--backend`.
    static final List<String> BACKENDS = List.of("simd", "ref", "cuda");
    /// Values of `--gpu-lib`.
    static final List<String> GPU_LIBRARIES = List.of("own", "cudnn");
    /// Values of `--precision`.
    static final List<String> PRECISIONS = List.of("fast", "exact");
    /// Values of `--conv`.
    static final List<String> CONV = CpuSettings.CONV;

    private Devices() {
    }

    /// The name under which a device is opened and recorded: `--backend`, with settings of its own behind a colon, to
    /// which `--gpu-lib` adds.
    static String name(CommandSpec command, String backend, String gpuLibrary) {
        String given = backend == null ? "simd" : backend;
        boolean isSet = given.startsWith("cuda:");
        String name = isSet ? given : Wrong.oneOf(command, "backend", given, BACKENDS);
        if (gpuLibrary == null) {
            return name;
        }
        if (!isSet && !name.equals("cuda")) {
            throw new Wrong(command, "--gpu-lib needs --backend cuda, but the backend is " + name);
        }
        String library = Wrong.oneOf(command, "GPU library", gpuLibrary, GPU_LIBRARIES);
        return !isSet && library.equals("own") ? name : name + (isSet ? "," : ":") + "gpu-lib=" + library;
    }

    /// The device.
    ///
    /// @throws dev.sextant.engine.error.DeviceException if it cannot run here, with the reason
    public static Device of(String backend, int threads, String precision, String conv) {
        return backend.equals("simd") ? Device.simd(new CpuSettings(threads,
                precision.equals("exact") ? CpuSettings.Precision.EXACT : CpuSettings.Precision.FAST, conv))
                : Device.of(backend);
    }

    /// `cpu (simd, 2 threads)`, `cpu (ref, 1 thread)`, `gpu (cuda)`.
    public static String describe(String backend, int threads) {
        return switch (backend) {
            case "simd" -> "cpu (simd, " + threads + (threads == 1 ? " thread)" : " threads)");
            // The oracle is single-threaded whatever is asked of it.
            case "ref" -> "cpu (ref, 1 thread)";
            default -> "gpu (" + backend + ")";
        };
    }
}
