package dev.sextant.kernels.library;

import dev.sextant.engine.Device;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.kernels.sim.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The doubles of cuBLAS and cuDNN under JCuda's real native libraries, on the simulator: compiled once below
/// `target/sim`, and found where a user's libraries would be found.
public final class LibraryDoubles {
    private static final Path SOURCES = Path.of(System.getProperty("kernels.basedir"), "src", "sim", "doubles");
    private static final Path SIMULATOR_SOURCES = SOURCES.resolveSibling("cpp");
    private static final Map<GpuSettings, Device> DEVICES = new HashMap<>();

    private LibraryDoubles() {
    }

    /// The device `cuda` with these settings over the doubles, made once; the simulator's counters and settings are
    /// back at their defaults.
    public static synchronized Device fresh(GpuSettings settings) {
        SimulatedDevice.fresh();
        return DEVICES.computeIfAbsent(settings, s -> {
            try {
                return Device.of(where(() -> CudaBackend.open(s)));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        });
    }

    /// Something that opens a device.
    interface Opening<T> {
        /// Opens it.
        T open() throws ReflectiveOperationException;
    }

    /// Opens a device where the doubles are what is installed.
    static <T> T where(Opening<T> opening) throws ReflectiveOperationException {
        System.setProperty(CudaProbe.LIBRARY_DIRECTORY, build(SimulatedDevice.simulator()).toString());
        try {
            return opening.open();
        } finally {
            System.clearProperty(CudaProbe.LIBRARY_DIRECTORY);
        }
    }

    /// The same, as it is.
    public static synchronized Device opened(GpuSettings settings) {
        return DEVICES.containsKey(settings) ? DEVICES.get(settings) : fresh(settings);
    }

    private static Path build(Simulator simulator) {
        try {
            Path folder = SOURCES.getParent().resolveSibling("../target/sim/doubles-" + key(simulator)).normalize();
            Files.createDirectories(folder);
            compile(simulator, folder, "libcublas.so.12", "cublas");
            compile(simulator, folder, "libcudnn.so.9", "cudnn");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // JCuda's libraries bind each symbol together with a version, which is the library's name.
    private static void compile(Simulator simulator, Path folder, String library, String prefix) throws IOException {
        Path result = folder.resolve(library);
        if (Files.exists(result)) {
            return;
        }
        Path versions = folder.resolve(prefix + ".versions");
        Files.writeString(versions, library + " { global: " + prefix + "*; sim_*; local: *; };\n");
        List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O2", "-g1", "-fPIC", "-shared", "-Wall",
                "-Werror", "-ffp-contract=off", "-I", SIMULATOR_SOURCES.toString(), "-Wl,-soname," + library,
                "-Wl,--version-script=" + versions, "-o", library + ".new"));
        for (Path source : sources()) {
            if (source.getFileName().toString().startsWith(prefix) && source.toString().endsWith(".cpp")) {
                command.add(source.toString());
            }
        }
        command.add(simulator.libraries().resolve("libcuda.so.1").toString());
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compiling", e);
        }
        Files.move(folder.resolve(library + ".new"), result);
    }

    private static List<Path> sources() throws IOException {
        try (var files = Files.list(SOURCES)) {
            return files.sorted().toList();
        }
    }

    private static String key(Simulator simulator) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(simulator.libraries().getFileName().toString().getBytes(StandardCharsets.UTF_8));
            for (Path source : sources()) {
                digest.update(Files.readAllBytes(source));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
