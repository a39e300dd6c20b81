package dev.sextant.bench.peers;

import dev.sextant.bench.OwnJvm;
import dev.sextant.engine.error.SextantException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// How every engine is started.
final class Recipes {
    /// Huge pages, and memory that is never given back to the system: without page faults PyTorch trains up to twice as
    /// fast.
    private static final String TUNED_ALLOCATOR = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0"
            + ":glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=67108864";

    private static final Pattern JAR = Pattern.compile("sextant-bench-peers-[0-9.]+(-SNAPSHOT)?\\.jar");

    private final Path peers;
    private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final int threads;
    private final String precision;

    /// @param root the repository; `bench/peers` must be built
    Recipes(Path root, int threads, String precision) {
        peers = root.resolve("bench/peers/target");
        this.threads = threads;
        this.precision = precision;
        if (!Files.isDirectory(peers.resolve("lib"))) {
            throw new SextantException("bench: the peers are not built (%s is missing): run mvn -Ppeers -pl "
                    + "bench/peers -am -DskipTests package in %s, which downloads them once", peers.resolve("lib"),
                    root);
        }
    }

    /// Sextant with the flags that this JVM was started with.
    WorkerProcess.Recipe sextant() {
        return new WorkerProcess.Recipe("sextant",
                OwnJvm.command(List.of(), SextantWorker.class, Integer.toString(threads), precision), Map.of());
    }

    /// PyTorch through DJL as it comes.
    WorkerProcess.Recipe pytorch() {
        return new WorkerProcess.Recipe("pytorch default", djl(), environment());
    }

    /// PyTorch through DJL with the C library's allocator tuned.
    WorkerProcess.Recipe pytorchTuned() {
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("GLIBC_TUNABLES", TUNED_ALLOCATOR);
        return new WorkerProcess.Recipe("pytorch tuned", djl(), environment);
    }

    WorkerProcess.Recipe onnxRuntime() {
        return new WorkerProcess.Recipe("onnxruntime", List.of(java, "--enable-native-access=ALL-UNNAMED", "-Xmx1g",
                "-cp", classPath(), "dev.sextant.peers.OnnxWorker", Integer.toString(threads)), Map.of());
    }

    private List<String> djl() {
        return List.of(java, "--enable-native-access=ALL-UNNAMED", "-Xmx1g", "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=" + threads, "-Dai.djl.pytorch.num_interop_threads=1", "-cp", classPath(),
                "dev.sextant.peers.DjlWorker");
    }

    private Map<String, String> environment() {
        String count = Integer.toString(threads);
        // DJL unpacks PyTorch's libraries here, 430 MB, instead of into the home folder.
        return Map.of("OMP_NUM_THREADS", count, "MKL_NUM_THREADS", count, "DJL_CACHE_DIR",
                peers.resolve("djl").toString());
    }

    private String classPath() {
        try (var files = Files.list(peers)) {
            Path jar = files.filter(f -> JAR.matcher(f.getFileName().toString()).matches())
                    .findFirst().orElseThrow(() -> new SextantException("bench: there is no jar in %s", peers));
            return String.join(File.pathSeparator, jar.toString(), peers.resolve("lib").resolve("*").toString(),
                    System.getProperty("java.class.path"));
        } catch (IOException e) {
            throw new SextantException(e, "bench: cannot read %s", peers);
        }
    }
}
