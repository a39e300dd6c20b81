package dev.sextant.kernels.ptx;

import dev.sextant.engine.error.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The `.cu` sources, which travel in the jar.
public final class Sources {
    /// Every source file, without `.cu`.
    public static final List<String> NAMES = List.of("bias", "conv_direct", "conv_im2col", "conv_implicit",
            "conv_winograd", "index", "loss", "move", "norm", "optim", "pointwise", "pool", "reduce", "sgemm_k0",
            "sgemm_k1", "sgemm_k2", "sgemm_k3", "sgemm_k4", "sgemm_k5",
            "sgemm_k6", "sgemm_k7", "sgemm_k8", "split");
    /// Every header that sources include.
    public static final List<String> HEADERS = List.of("activation.cuh", "conv.cuh", "functions.cuh", "gemm.cuh",
            "grid.cuh",
            "members.cuh", "panel.cuh", "philox.cuh", "reduction.cuh", "tensor.cuh");

    private static final String FOLDER = "/dev/sextant/kernels/cuda/";
    private static final Pattern INCLUDE = Pattern.compile("#include \"([\\w.]+)\"");

    private Sources() {
    }

    /// The least compute capability, times ten, that a source is compiled for: 7.5, and 8.0 for TF32 on tensor cores.
    public static int capability(String name) {
        return name.equals("sgemm_k8") ? 80 : 75;
    }

    /// The text of a source or header by its full name.
    public static String text(String file) {
        try (var in = Sources.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new DeviceException("cuda: the source %s is not in the jar; known are %s.cu and %s", file, NAMES,
                        HEADERS);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DeviceException(e, "cuda: the source %s cannot be read from the jar", file);
        }
    }

    /// SHA-256 over a source and every header it includes: what a compiled form of it must have been made from.
    public static String hash(String name) {
        var files = new TreeMap<String, String>();
        collect(name + ".cu", files);
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            files.forEach((file, text) -> {
                digest.update((file + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(text.getBytes(StandardCharsets.UTF_8));
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(String file, TreeMap<String, String> files) {
        if (!files.containsKey(file)) {
            String text = text(file);
            files.put(file, text);
            INCLUDE.matcher(text).results().forEach(m -> collect(m.group(1), files));
        }
    }
}
