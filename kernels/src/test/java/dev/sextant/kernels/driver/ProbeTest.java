package dev.sextant.kernels.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.kernels.CudaBackendProvider;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The probe in JVMs of its own, because a JVM has one driver for its whole life.
class ProbeTest {
    // The JVM prints warnings of its own before it.
    private static final String ANSWER = "answer: ";

    /// Prints the probe's answer in one line.
    static final class Ask {
        public static void main(String[] args) {
            var provider = new CudaBackendProvider();
            System.out.println(ANSWER + switch (provider.probe()) {
                case Probe.Available a -> "available: " + a.backend().describe();
                case Probe.Unavailable u -> "unavailable: " + u.reason();
            });
        }
    }

    private static String ask(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(options));
        command.add(Ask.class.getName());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), output);
        return output.substring(output.indexOf(ANSWER) + ANSWER.length());
    }

    private static String natives() {
        return "-Djava.library.path=" + System.getProperty("java.library.path");
    }

    @Test
    void aFileThatIsNoDriverIsARefusalInOneLine(@TempDir Path folder) throws Exception {
        java.nio.file.Files.writeString(folder.resolve("libcuda.so.1"), "not a library");
        String answer = ask(natives(), "-D" + CudaProbe.LIBRARY_DIRECTORY + "=" + folder);
        assertTrue(answer.startsWith("unavailable: "), answer);
        assertEquals(1, answer.lines().count(), answer);
    }

    @OnSimulator
    @Test
    void theDriverOfTheNamedFolderIsTaken() throws Exception {
        Path libraries = SimulatedDevice.simulator().libraries();
        String answer = ask(natives(), "-D" + CudaProbe.LIBRARY_DIRECTORY + "=" + libraries);
        assertTrue(answer.startsWith("available: Sextant simulated GPU, compute capability 8.0"), answer);
    }

    @OnSimulator
    @Test
    void withoutJCudasLibraryTheReasonNamesIt(@TempDir Path empty) throws Exception {
        Path libraries = SimulatedDevice.simulator().libraries();
        // The class path without the jars of natives.
        String classPath = String.join(":", java.util.Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(e -> !e.contains("-natives-")).toList());
        String answer = ask("-cp", classPath, "-Djava.library.path=" + empty, "-Djava.io.tmpdir=" + empty,
                "-D" + CudaProbe.LIBRARY_DIRECTORY + "=" + libraries);
        assertTrue(answer.startsWith("unavailable: ") && answer.contains("jcuda-natives"), answer);
    }
}
