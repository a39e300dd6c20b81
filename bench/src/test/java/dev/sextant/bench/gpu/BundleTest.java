package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The bundle, with a program in the place of `gpu-check` that says how it was started: unpacked elsewhere it runs on
/// its own Java, whatever the machine has.
class BundleTest {
    private static final String HOME = "sextant.home";

    @TempDir
    Path folder;

    private String before;

    @BeforeEach
    void makeCheckout() throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/bin/sh")), "needs a Unix shell");
        before = System.getProperty(HOME);
        System.setProperty(HOME, folder.toString());
        Path source = Files.createDirectories(folder.resolve("source/dev/sextant/bench")).resolve("BenchMain.java");
        Files.writeString(source,
                """
                        package dev.sextant.bench;
                        public class BenchMain {
                            public static void main(String[] args) {
                                System.out.println("java " + System.getProperty("java.home"));
                                System.out.println("natives " + System.getProperty("java.library.path"));
                                System.out.println("libraries " + System.getProperty("sextant.gpu.libdir"));
                                System.out.println("vector " + ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
                                System.out.println("args " + String.join(" ", args));
                            }
                        }
                        """);
        Path classes = folder.resolve("classes");
        assertEquals(0, tool("javac", "-d", classes.toString(), source.toString()));
        Files.createDirectories(folder.resolve("bench/target"));
        assertEquals(0, tool("jar", "-c", "-f", folder.resolve("bench/target/bench.jar").toString(), "-C",
                classes.toString(), "."));
        Path natives = Files.createDirectories(folder.resolve("kernels/target/natives/lib"));
        for (String name : List.of("libJCudaDriver-1.so", "libJNvPTXCompiler-1.so")) {
            Files.writeString(natives.resolve(name), name);
        }
        Files.createDirectory(folder.resolve("redist"));
        Files.writeString(folder.resolve("redist/libcudnn.so.9"), "cudnn");
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(HOME);
        } else {
            System.setProperty(HOME, before);
        }
    }

    private static int tool(String name, String... args) {
        return ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, args);
    }

    private List<String> run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .toList();
        assertEquals(0, process.waitFor(), lines.toString());
        return lines;
    }

    @Test
    void runsOnAJavaOfItsOwn() throws Exception {
        Path archive = folder.resolve("made here.tar.gz");
        assertEquals(0, new CommandLine(new BundleCommand()).execute("-o", archive.toString(), "--libraries",
                folder.resolve("redist").toString()));
        run(Map.of(), "tar", "xzf", archive.toString());
        Path root = folder.resolve("sextant-gpu").toRealPath();
        assertTrue(Files.exists(root.resolve("README.txt")));
        assertFalse(Files.exists(root.resolve("natives/libJNvPTXCompiler-1.so")), "24 MB that nothing needs");
        var said = new ArrayList<>(run(Map.of(), root.resolve("gpu-check").toString(), "--only", "SGEMM or so"));
        said.removeIf(line -> line.startsWith("WARNING: Using incubator modules"));
        assertEquals(List.of("java " + root.resolve("runtime"), "natives " + root.resolve("natives"),
                "libraries " + root.resolve("nvidia"), "vector true", "args gpu-check --only SGEMM or so"), said);
        assertTrue(run(Map.of("SEXTANT_GPU_LIBDIR", "/elsewhere"), root.resolve("gpu-check").toString())
                .contains("libraries /elsewhere"));
    }
}
