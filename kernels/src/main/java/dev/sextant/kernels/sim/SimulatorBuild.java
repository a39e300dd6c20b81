package dev.sextant.kernels.sim;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.ptx.Sources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Compiles the simulator with g++: the stand-in driver, and every `.cu` file twice, plain and traced. The result
/// lies in a folder named by the hash of all that went in, so it is built once.
final class SimulatorBuild {
    /// The driver library's file name, which is also the name that it is asked for by.
    static final String LIBRARY = "libcuda.so.1";

    private static final String FOLDER = "sim/";
    private static final List<String> RUNTIME = List.of("control.cpp", "driver.cpp", "driver_symbols.cpp",
            "fibers.cpp", "graphs.cpp", "memory.cpp", "modules.cpp", "shared.cpp", "streams.cpp", "tensor.cpp",
            "trace.cpp");
    private static final List<String> HEADERS = List.of("cuda_on_cpu.h", "driver.h", "sim.h", "streams.h");
    private static final List<String> COMMON = List.of("-std=c++17", "-fPIC", "-g1", "-ffp-contract=off");
    // The flags keep each access of the source one access of the program.
    private static final List<String> TRACED = List.of("-O1", "-fno-tree-sra", "-fno-tree-vectorize",
            "-fsanitize=thread", "--param", "tsan-instrument-func-entry-exit=0", "-DSIM_TRACED");
    private static final List<String> PLAIN = List.of("-O2");
    private static final Pattern KERNEL = Pattern
            .compile("__global__\\s+void\\s+(?:__launch_bounds__\\([^)]*\\)\\s*)?(\\w+)\\s*\\(");

    private final Path folder;

    private SimulatorBuild(Path folder) {
        this.folder = folder;
    }

    /// Builds below `parent` unless it is there already; returns the folder of the libraries.
    static Path build(Path parent) {
        try {
            return HostCompiler.once(parent.resolve(key()), scratch -> new SimulatorBuild(scratch).compileAll());
        } catch (IOException e) {
            throw new DeviceException(e, "simulator: cannot build below %s: %s", parent, e.getMessage());
        }
    }

    /// Compiles a kernel source that is not the shipped one, traced or plain, into `folder`: how tests plant bugs.
    ///
    /// @param hash what the PTX that it stands for says about its source
    static void compileVariant(Path libraries, Path folder, String name, String source, String hash, boolean traced) {
        try {
            Files.createDirectories(folder);
            var build = new SimulatorBuild(folder);
            Files.writeString(folder.resolve(name + ".cu"), source);
            build.writeHost(name, source, hash);
            build.compileKernelLibrary(name, traced, libraries);
        } catch (IOException e) {
            throw new DeviceException(e, "simulator: cannot build %s in %s: %s", name, folder, e.getMessage());
        }
    }

    private void compileAll() throws IOException {
        extract(FOLDER, HEADERS, folder);
        extract(FOLDER, RUNTIME, folder);
        for (String file : Sources.HEADERS) {
            Files.writeString(folder.resolve(file), Sources.text(file));
        }
        for (String name : Sources.NAMES) {
            Files.writeString(folder.resolve(name + ".cu"), Sources.text(name + ".cu"));
        }
        List<String> command = new ArrayList<>(List.of("g++", "-O2", "-shared", "-Wl,-soname," + LIBRARY,
                "-o", LIBRARY));
        command.addAll(COMMON);
        command.addAll(RUNTIME);
        command.add("-ldl");
        HostCompiler.run(folder, command);
        HostCompiler.inParallel(Sources.NAMES, name -> {
            writeHost(name, Sources.text(name + ".cu"), Sources.hash(name));
            compileKernelLibrary(name, false, folder);
            compileKernelLibrary(name, true, folder);
        });
    }

    /// Writes files of the jar, from a folder there, to where g++ finds them.
    static void extract(String from, List<String> files, Path to) throws IOException {
        for (String file : files) {
            Files.writeString(to.resolve(file), text(from + file));
        }
    }

    // A .cu file becomes a library with a table of its kernels.
    private void writeHost(String name, String source, String hash) throws IOException {
        List<String> kernels = KERNEL.matcher(source).results()
                .map(m -> "    SIM_KERNEL(" + m.group(1) + "),").toList();
        Files.writeString(folder.resolve(name + ".host.cpp"), """
                #include "cuda_on_cpu.h"
                #include "%s.cu"
                extern "C" {
                extern char __start_sim_shared[] __attribute__((weak, visibility("hidden")));
                extern char __stop_sim_shared[] __attribute__((weak, visibility("hidden")));
                char* sim_shared_begin = __start_sim_shared;
                char* sim_shared_end = __stop_sim_shared;
                extern const SimKernel sim_kernels[];
                const SimKernel sim_kernels[] = {
                %s
                };
                extern const int sim_kernel_count;
                const int sim_kernel_count = %d;
                extern const char sim_source_hash[];
                const char sim_source_hash[] = "%s";
                }
                """.formatted(name, String.join("\n", kernels), kernels.size(), hash));
    }

    private void compileKernelLibrary(String name, boolean traced, Path libraries) throws IOException {
        String library = name + (traced ? ".traced.so" : ".so");
        List<String> mode = traced ? TRACED : PLAIN;
        String object = library + ".o";
        List<String> compile = new ArrayList<>(List.of("g++", "-c", "-o", object, "-I", folder.toString(), "-I",
                libraries.toString(), "-Wno-unknown-pragmas"));
        compile.addAll(COMMON);
        compile.addAll(mode);
        if (hasFma()) {
            compile.add("-mfma");
        }
        compile.add(name + ".host.cpp");
        HostCompiler.run(folder, compile);
        // Without the sanitizer's library: its callbacks are the simulator's.
        HostCompiler.run(folder, List.of("g++", "-shared", "-o", library, object,
                libraries.resolve(LIBRARY).toAbsolutePath().toString()));
        Files.delete(folder.resolve(object));
    }

    private static boolean hasFma() throws IOException {
        Path cpu = Path.of("/proc/cpuinfo");
        return Files.exists(cpu) && Files.readString(cpu).contains(" fma ");
    }

    /// A source in the jar, for example `sim/trace.cpp`.
    static String text(String file) throws IOException {
        try (var in = SimulatorBuild.class.getResourceAsStream("/dev/sextant/kernels/" + file)) {
            if (in == null) {
                throw new DeviceException("simulator: its source %s is not in the jar", file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String key() throws IOException {
        var all = new StringBuilder().append(COMMON).append(TRACED).append(PLAIN);
        for (String file : HEADERS) {
            all.append(text(FOLDER + file));
        }
        for (String file : RUNTIME) {
            all.append(text(FOLDER + file));
        }
        for (String name : Sources.NAMES) {
            all.append(Sources.hash(name));
        }
        return HostCompiler.key(all.toString());
    }
}
