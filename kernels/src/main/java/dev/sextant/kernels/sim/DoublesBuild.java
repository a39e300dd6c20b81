package dev.sextant.kernels.sim;

import dev.sextant.engine.error.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Compiles the doubles of cuBLAS and cuDNN against a built simulator. The result lies beside the simulator, in a
/// folder named by the hash of all that went in.
final class DoublesBuild {
    private static final String FOLDER = "/dev/sextant/kernels/doubles/";
    private static final List<String> HEADERS = List.of("cudnn.h", "doubles.h");
    /// The libraries by the name that they are asked for by; JCuda's libraries bind each symbol together with it.
    private static final Map<String, List<String>> LIBRARIES = Map.of(
            "libcublas.so.12", List.of("cublas.cpp", "cublas_symbols.cpp"),
            "libcudnn.so.9", List.of("cudnn_convolution.cpp", "cudnn_descriptors.cpp", "cudnn_norm.cpp",
                    "cudnn_pointwise.cpp", "cudnn_pooling.cpp", "cudnn_symbols.cpp"));

    private DoublesBuild() {
    }

    /// Builds them unless they are there; returns their folder.
    ///
    /// @param simulator the folder of the simulator's libraries and headers
    static Path build(Path simulator) {
        try {
            Path folder = simulator.resolveSibling("doubles-" + key(simulator));
            Files.createDirectories(folder);
            for (String file : files()) {
                Files.writeString(folder.resolve(file), text(file));
            }
            for (var library : LIBRARIES.entrySet()) {
                if (!Files.exists(folder.resolve(library.getKey()))) {
                    compile(folder, library.getKey(), library.getValue(), simulator);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new DeviceException(e, "simulator: cannot build the doubles of cuBLAS and cuDNN beside %s: %s",
                    simulator, e.getMessage());
        }
    }

    private static void compile(Path folder, String library, List<String> sources, Path simulator) throws IOException {
        String prefix = sources.getFirst().replaceFirst("[_.].*", "");
        Path versions = folder.resolve(prefix + ".versions");
        Files.writeString(versions, library + " { global: " + prefix + "*; sim_*; local: *; };\n");
        Path result = Files.createTempFile(folder, prefix, ".new");
        List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O2", "-g1", "-fPIC", "-shared", "-Wall",
                "-Werror", "-ffp-contract=off", "-I", simulator.toString(), "-Wl,-soname," + library,
                "-Wl,--version-script=" + versions, "-o", result.toString()));
        command.addAll(sources);
        command.add(simulator.resolve(SimulatorBuild.LIBRARY).toString());
        SimulatorBuild.run(command, folder);
        Files.move(result, folder.resolve(library), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> files() {
        var files = new ArrayList<>(HEADERS);
        LIBRARIES.values().forEach(files::addAll);
        return files.stream().sorted().toList();
    }

    private static String text(String file) throws IOException {
        try (var in = DoublesBuild.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new DeviceException("simulator: the source %s of the libraries' doubles is not in the jar", file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String key(Path simulator) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(simulator.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            for (String file : files()) {
                digest.update(text(file).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
