package dev.sextant.bench.gpu;

import dev.sextant.engine.error.SextantException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bundle`: `gpu-check` with a Java run-time image of its own in one archive, for a machine that has an NVIDIA driver
/// and nothing else.
@Command(name = "bundle", mixinStandardHelpOptions = true, description = {
    "Packs gpu-check, all it needs and a Java of its own into one archive for Linux on x86-64.",
    "There: tar xzf sextant-gpu.tar.gz && sextant-gpu/gpu-check"})
public final class BundleCommand implements Callable<Integer> {
    private static final String NAME = "sextant-gpu";
    private static final String MODULES = "java.base,java.logging,java.management,java.xml,jdk.incubator.vector,"
            + "jdk.jfr,jdk.management,jdk.unsupported";

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The archive; default: sextant-gpu.tar.gz.")
    private Path output = Path.of(NAME + ".tar.gz");

    @Option(names = "--libraries", paramLabel = "FOLDER", description = "Pack cuBLAS, cuDNN and NVRTC from this folder too, for example kernels/target/redist (2 GB).")
    private Path libraries;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("sextant.home", "."));
        Path scratch = Files.createTempDirectory("sextant-bundle");
        try {
            Path root = Files.createDirectory(scratch.resolve(NAME));
            link(root.resolve("runtime"));
            copy(home.resolve("bench/target"), "bench\\.jar", root.resolve("lib"));
            // All but the assembler, which is 24 MB and nothing needs at run time.
            copy(home.resolve("kernels/target/natives/lib"), "libJ(?!NvPTXCompiler).*\\.so", root.resolve("natives"));
            if (libraries != null) {
                copy(libraries, "lib(cublas|cudnn|nvrtc).*\\.so.*", root.resolve("nvidia"));
            }
            write(root.resolve("gpu-check"), "gpu-check.sh");
            Files.setPosixFilePermissions(root.resolve("gpu-check"), PosixFilePermissions.fromString("rwxr-xr-x"));
            write(root.resolve("README.txt"), "bundle-readme.txt");
            run(List.of("tar", "czf", output.toAbsolutePath().toString(), "-C", scratch.toString(), NAME));
            System.out.printf(java.util.Locale.ROOT, "%s: %.1f MB; on the other machine: tar xzf %s && %s/gpu-check%n",
                    output, Files.size(output) / 1e6, output.getFileName(), NAME);
            return 0;
        } finally {
            delete(scratch);
        }
    }

    private static void link(Path runtime) {
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new SextantException(
                "bundle: this Java (%s) has no jlink; a whole JDK is needed", System.getProperty("java.home")));
        int code = jlink.run(System.out, System.err, "--add-modules", MODULES, "--strip-debug", "--no-header-files",
                "--no-man-pages", "--output", runtime.toString());
        if (code != 0) {
            throw new SextantException("bundle: jlink failed with %d; its messages are above", code);
        }
    }

    private static void copy(Path from, String name, Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(from)) {
            try (Stream<Path> files = Files.list(from)) {
                found.addAll(files.filter(f -> f.getFileName().toString().matches(name)).toList());
            }
        }
        if (found.isEmpty()) {
            throw new SextantException("bundle: there is nothing like %s in %s; build first: mvn -pl bench -am "
                    + "-DskipTests package", name, from);
        }
        for (Path file : found) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static void write(Path to, String resource) throws IOException {
        try (InputStream in = BundleCommand.class.getResourceAsStream(resource)) {
            Files.copy(in, to);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new SextantException("bundle: %s failed with %d", String.join(" ", command), code);
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
