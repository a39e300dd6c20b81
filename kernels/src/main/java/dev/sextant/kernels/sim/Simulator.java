package dev.sextant.kernels.sim;

import dev.sextant.engine.error.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// The simulated driver of this JVM. Started before JCuda's first class is used, it is the `libcuda.so.1` that JCuda
/// finds; a JVM has either the real driver or this one.
public final class Simulator {
    /// System property that names the folder in which tools build it.
    public static final String FOLDER = "sextant.sim.dir";

    private static Simulator started;

    private final SymbolLookup symbols;
    private final Path libraries;

    private Simulator(Path libraries) {
        this.libraries = libraries;
        this.symbols = load(libraries.resolve(SimulatorBuild.LIBRARY));
    }

    /// Whether it can be built here: it needs g++.
    public static boolean canBuild() {
        return HostCompiler.isPresent();
    }

    /// For tools: fails where it cannot be built, with the remedy.
    ///
    /// @param tool who asks
    public static void requireCompiler(String tool) {
        if (!canBuild()) {
            throw new DeviceException("%s: the simulator is compiled by g++, which was not found; install it "
                    + "(apt install g++)", tool);
        }
    }

    /// Where tools build it: the folder that `-Dsextant.sim.dir` names, or one below the user's cache folder.
    public static Path usualFolder() {
        String chosen = System.getProperty(FOLDER);
        if (chosen != null) {
            return Path.of(chosen);
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = Path.of(System.getProperty("user.home"), ".cache");
        return (cache == null || cache.isEmpty() ? home : Path.of(cache)).resolve("sextant").resolve("simulator");
    }

    /// Builds the simulator below `parent` if it is not there yet, and loads it into this JVM.
    public static synchronized Simulator start(Path parent) {
        if (started == null) {
            started = new Simulator(SimulatorBuild.build(parent));
        }
        return started;
    }

    /// Builds the simulator and the doubles of cuBLAS and cuDNN below `parent` if they are not there yet.
    ///
    /// @return a folder that looks as if driver and libraries were installed there: with
    ///         `-Dsextant.gpu.libdir` a JVM takes them
    public static Path install(Path parent) {
        return DoublesBuild.build(SimulatorBuild.build(parent));
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup load(Path library) {
        System.load(library.toString());
        return SymbolLookup.libraryLookup(library, Arena.global());
    }

    /// Changes a setting. The useful ones:
    ///
    /// | `trace`   | 1: run the traced kernels                                                  |
    /// |-----------|----------------------------------------------------------------------------|
    /// | `order`   | `eager`, or `lazy`: queued work runs late and in a random permitted order  |
    /// | `seed`    | of the random choices                                                      |
    /// | `shuffle` | 1: warps take turns in random order                                        |
    /// | `recycle` | 1: freed memory is handed out again at once                                |
    /// | `memory`  | bytes of the device                                                        |
    /// | `capability` | compute capability times ten, 80 unless told                            |
    /// | `fault`   | `cuName:N:code` or `cuName:N-M:code`: these calls from the last reset on fail |
    public void set(String key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            call("sim_set", arena.allocateFrom(key), arena.allocateFrom(value));
        }
    }

    /// Folder of the built libraries.
    public Path libraries() {
        return libraries;
    }

    /// Folder of the doubles of cuBLAS and cuDNN, which compute in this simulator's memory; built if need be.
    public Path doubles() {
        return DoublesBuild.build(libraries);
    }

    /// Defects found since the last reset.
    public long findings() {
        return call("sim_findings");
    }

    /// Blocks of device memory that are in use.
    public long liveBlocks() {
        return call("sim_live_blocks");
    }

    /// Calls of a driver function since the last reset.
    public long calls(String function) {
        try (Arena arena = Arena.ofConfined()) {
            return call("sim_calls", arena.allocateFrom(function));
        }
    }

    /// Forgets findings, counters and errors; queued work is dropped.
    public void reset() {
        call("sim_reset");
    }

    /// What was found and counted since the last reset.
    public SimReport report() {
        try (Arena arena = Arena.ofConfined()) {
            long length = call("sim_report", MemorySegment.NULL, 0L);
            MemorySegment buffer = arena.allocate(length);
            call("sim_report", buffer, length);
            return SimReport.parse(buffer.getString(0));
        }
    }

    @SuppressWarnings("restricted")
    private long call(String name, Object... args) {
        var types = new MemoryLayout[args.length];
        for (int i = 0; i < args.length; i++) {
            types[i] = args[i] instanceof MemorySegment ? ValueLayout.ADDRESS : ValueLayout.JAVA_LONG;
        }
        boolean returns = !name.equals("sim_set") && !name.equals("sim_reset");
        var descriptor = returns ? FunctionDescriptor.of(ValueLayout.JAVA_LONG, types)
                : FunctionDescriptor.ofVoid(types);
        try {
            Object result = Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor)
                    .invokeWithArguments(args);
            return returns ? (long) result : 0;
        } catch (Throwable e) {
            throw new DeviceException(e, "simulator: %s failed: %s", name, e.getMessage());
        }
    }
}
