package dev.sextant.kernels.settings;

import dev.sextant.engine.error.DeviceException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// How a CUDA device computes; fixed for the device's life.
///
/// @param libraries      whether cuBLAS and cuDNN compute what they can, or our own kernels everything
/// @param tf32           whether tensor cores may round the operands of products to 11 significant bits
/// @param deterministic  whether only algorithms are taken that give the same bits on every run
/// @param tune           whether cuDNN's algorithms for a convolution are measured when it is met first. Each process then
///                       keeps its choice, but the next may measure otherwise, and so compute other last bits
/// @param workspaceLimit bytes that one convolution may take beside its arrays; empty for an eighth of the device's memory
/// @param algorithms     cuDNN's algorithms by name, taken wherever they support the geometry; for other directions and
///                       geometries cuDNN suggests one, or they are measured
public record GpuSettings(boolean libraries, boolean tf32, boolean deterministic, boolean tune,
        OptionalLong workspaceLimit, Map<ConvDirection, String> algorithms) {
    /// Our own kernels: what works with the driver alone.
    public static final GpuSettings OWN = new GpuSettings(false, false, true, false, OptionalLong.empty(), Map.of());
    /// cuBLAS and cuDNN in strict float32, deterministic.
    public static final GpuSettings LIBRARIES = new GpuSettings(true, false, true, false, OptionalLong.empty(),
            Map.of());

    public GpuSettings {
        algorithms = Map.copyOf(algorithms);
        algorithms.forEach((direction, name) -> direction.number(name));
    }

    /// From `key=value` pairs, as a command line gives them; unknown keys and values fail with what is known.
    ///
    /// | key | values |
    /// |-----|--------|
    /// | `gpu-lib` | `own` (default) or `cudnn` |
    /// | `precision` | `strict` (default) or `tf32` |
    /// | `deterministic` | `true` (default) or `false` |
    /// | `tune` | `false` (default), or `true`: algorithms are measured, and another process may choose others |
    /// | `workspace` | bytes; an eighth of the device's memory by default |
    /// | `forward`, `backward-data`, `backward-filter` | names of [ConvDirection#algorithms] |
    public static GpuSettings of(Map<String, String> values) {
        GpuSettings s = OWN;
        for (var entry : values.entrySet()) {
            s = s.with(entry.getKey(), entry.getValue());
        }
        return s;
    }

    private GpuSettings with(String key, String value) {
        return switch (key) {
            case "gpu-lib" ->
                new GpuSettings(isFirst(key, value, "cudnn", "own"), tf32, deterministic, tune, workspaceLimit,
                        algorithms);
            case "precision" -> new GpuSettings(libraries, isFirst(key, value, "tf32", "strict"), deterministic, tune,
                    workspaceLimit, algorithms);
            case "deterministic" -> new GpuSettings(libraries, tf32, isFirst(key, value, "true", "false"), tune,
                    workspaceLimit, algorithms);
            case "tune" -> new GpuSettings(libraries, tf32, deterministic, isFirst(key, value, "true", "false"),
                    workspaceLimit, algorithms);
            case "workspace" -> new GpuSettings(libraries, tf32, deterministic, tune, bytes(value), algorithms);
            default -> {
                var named = new EnumMap<ConvDirection, String>(ConvDirection.class);
                named.putAll(algorithms);
                named.put(direction(key), value);
                yield new GpuSettings(libraries, tf32, deterministic, tune, workspaceLimit, named);
            }
        };
    }

    private static ConvDirection direction(String key) {
        for (var direction : ConvDirection.values()) {
            if (direction.label().equals(key)) {
                return direction;
            }
        }
        throw new DeviceException("cuda: there is no setting '%s'; known are gpu-lib, precision, deterministic, "
                + "tune, workspace, forward, backward-data and backward-filter", key);
    }

    private static boolean isFirst(String key, String value, String yes, String no) {
        if (!List.of(yes, no).contains(value)) {
            throw new DeviceException("cuda: %s=%s; it is %s or %s", key, value, yes, no);
        }
        return value.equals(yes);
    }

    private static OptionalLong bytes(String value) {
        try {
            return OptionalLong.of(Long.parseUnsignedLong(value));
        } catch (NumberFormatException e) {
            throw new DeviceException(e, "cuda: workspace=%s must be a number of bytes", value);
        }
    }

    @Override
    public String toString() {
        return libraries ? String.format(Locale.ROOT, "cuBLAS and cuDNN in %s, %s%s", tf32 ? "TF32" : "strict float32",
                deterministic ? "deterministic" : "not deterministic", tune ? ", tuned" : "") : "own kernels";
    }
}
