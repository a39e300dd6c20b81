package dev.sextant.engine;

import dev.sextant.engine.error.DeviceException;
import java.util.List;

/// Fixed settings of a CPU device.
///
/// @param threads   threads that compute, the calling one included; results do not depend on it
/// @param precision what rounding is allowed
/// @param conv      the convolution algorithm, one of [#CONV]
public record CpuSettings(int threads, Precision precision, String conv) {
    /// The convolution algorithms. `auto` chooses by shape; `winograd` is used wherever it can be, and `implicit-gemm`
    /// elsewhere; `naive` (one thread, sums in double precision) and `im2col` are there to be read and compared with.
    public static final List<String> CONV = List.of("auto", "naive", "im2col", "implicit-gemm", "winograd");

    /// What rounding is allowed.
    public enum Precision {
        /// Every output element is a sum of chains of fused multiply-adds in index order; no Winograd.
        EXACT,
        /// Winograd where its error stays inside the documented bound.
        FAST
    }

    public CpuSettings {
        if (threads < 1 || threads > 256) {
            throw new DeviceException("cpu: threads must be 1..256, but %d was given", threads);
        }
        if (!CONV.contains(conv)) {
            throw new DeviceException("cpu: unknown convolution algorithm '%s'; use one of %s", conv,
                    String.join(", ", CONV));
        }
        if (conv.equals("winograd") && precision == Precision.EXACT) {
            throw new DeviceException(
                    "cpu: convolution algorithm winograd rounds more than precision exact allows; use "
                            + "precision fast, or algorithm auto");
        }
    }

    /// All processors, `fast`, `auto`.
    public static CpuSettings defaults() {
        return new CpuSettings(Math.min(256, Runtime.getRuntime().availableProcessors()), Precision.FAST, "auto");
    }

    /// These settings with another number of threads.
    public CpuSettings withThreads(int count) {
        return new CpuSettings(count, precision, conv);
    }

    /// These settings with another precision.
    public CpuSettings withPrecision(Precision other) {
        return new CpuSettings(threads, other, conv);
    }

    /// These settings with another convolution algorithm.
    public CpuSettings withConv(String name) {
        return new CpuSettings(threads, precision, name);
    }
}
