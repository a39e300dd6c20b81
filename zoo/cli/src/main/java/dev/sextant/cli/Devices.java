package dev.sextant.cli;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import java.util.List;

/// The device that `--backend`, `--threads`, `--precision` and `--conv` ask for.
public final class Devices {
    /// Values of `--backend`.
    static final List<String> BACKENDS = List.of("simd", "ref", "cuda");
    /// Values of `--precision`.
    static final List<String> PRECISIONS = List.of("fast", "exact");
    /// Values of `--conv`.
    static final List<String> CONV = CpuSettings.CONV;

    private Devices() {
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
