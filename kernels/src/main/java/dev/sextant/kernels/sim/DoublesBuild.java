package dev.sextant.kernels.sim;

import dev.sextant.engine.error.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Compiles the stand-ins for cuBLAS and cuDNN, which compute in the simulator's memory.
final class DoublesBuild {
    private static final String FOLDER = "doubles/";
    private static final List<String> SOURCES = List.of("cublas.cpp", "cublas_symbols.cpp", "cudnn_convolution.cpp",
            "cudnn_descriptors.cpp", "cudnn_norm.cpp", "cudnn_pointwise.cpp", "cudnn_pooling.cpp",
            "cudnn_symbols.cpp");
    private static final List<String> HEADERS = List.of("cudnn.h", "doubles.h");

    private DoublesBuild() {
    }

    /// Builds them once for a simulator; returns a folder that looks as if driver and libraries were installed there.
    static Path build(Path simulator) {
        try {
            return HostCompiler.once(simulator.resolveSibling("doubles-" + key(simulator)), folder -> {
                SimulatorBuild.extract(FOLDER, SOURCES, folder);
                SimulatorBuild.extract(FOLDER, HEADERS, folder);
                compile(simulator, folder, "libcublas.so.12", "cublas");
                compile(simulator, folder, "libcudnn.so.9", "cudnn");
                Files.createSymbolicLink(folder.resolve(SimulatorBuild.LIBRARY),
                        simulator.resolve(SimulatorBuild.LIBRARY));
            });
        } catch (IOException e) {
            throw new DeviceException(e, "simulator: cannot build the doubles of cuBLAS and cuDNN beside %s: %s",
                    simulator, e.getMessage());
        }
    }

    private static String key(Path simulator) throws IOException {
        var all = new StringBuilder(simulator.getFileName().toString());
        for (String file : SOURCES) {
            all.append(SimulatorBuild.text(FOLDER + file));
        }
        for (String file : HEADERS) {
            all.append(SimulatorBuild.text(FOLDER + file));
        }
        return HostCompiler.key(all.toString());
    }

    // JCuda's libraries bind each symbol together with a version, which is the library's name.
    private static void compile(Path simulator, Path folder, String library, String prefix) throws IOException {
        Path versions = folder.resolve(prefix + ".versions");
        Files.writeString(versions, library + " { global: " + prefix + "*; sim_*; local: *; };\n");
        List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O2", "-g1", "-fPIC", "-shared", "-Wall",
                "-Werror", "-ffp-contract=off", "-I", simulator.toString(), "-Wl,-soname," + library,
                "-Wl,--version-script=" + versions, "-o", library));
        SOURCES.stream().filter(source -> source.startsWith(prefix)).forEach(command::add);
        command.add(simulator.resolve(SimulatorBuild.LIBRARY).toString());
        HostCompiler.run(folder, command);
    }
}
