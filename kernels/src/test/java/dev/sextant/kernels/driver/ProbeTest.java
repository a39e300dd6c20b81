package dev.sextant.kernels.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.kernels.CudaBackendProvider;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The probe in JVMs of its own, because a JVM has one driver for its whole life.
class ProbeTest {
    // The JVM prints warnings of its own before it.
    private static final String ANSWER = "answer: ";

    /// Prints what `doctor` says of driver and GPU if asked to, and the probe's answer in one line.
    static final class Ask {
        public static void main(String[] args) {
            var provider = new CudaBackendProvider();
            if (Boolean.getBoolean("links")) {
                System.out.print(ANSWER);
                provider.links().subList(0, 2).forEach(link -> System.out.print(link.describe() + " / "));
                return;
            }
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
        Files.writeString(folder.resolve("libcuda.so.1"), "not a library");
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

    /// Drivers that answer, and cannot be used: which link is missing, and what to do. (A library that lacks a symbol, a
    /// driver that does not start, one too old, no GPU, and a GPU too old.)
    @OnSimulator
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -DINIT=0 -DNO_VERSION                  | missing; | could not be asked: cuDriverGetVersion is missing
            -DINIT=999                             | missing; | did not start (cuInit gave 999): check nvidia-smi
            -DINIT=34                              | missing; | the toolkit's stub
            -DINIT=803                             | missing; | restart the machine
            -DINIT=100                             | supports CUDA 12.4 | no permission to use /dev/nvidia*
            -DINIT=0 -DDRIVER=10020                | missing; | supports CUDA 10.2; 11.0 or newer is needed
            -DINIT=0 -DDEVICES=0                   | supports CUDA 12.4 | sees no GPU (0, result 0)
            -DINIT=0 -DMAJOR=6 -DMINOR=1           | supports CUDA 12.4 | Old has compute capability 6.1; 7.5
            """)
    void whatCannotBeUsedIsNamedAndTheProbeDoesNotThrow(String macros, String driver, String reason,
            @TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("driver.cpp"), """
                #include <cstring>
                #ifndef DRIVER
                #define DRIVER 12040
                #endif
                #ifndef DEVICES
                #define DEVICES 1
                #endif
                #ifndef MAJOR
                #define MAJOR 8
                #define MINOR 0
                #endif
                extern "C" {
                int cuInit(unsigned) { return INIT; }
                #ifndef NO_VERSION
                int cuDriverGetVersion(int* version) { *version = DRIVER; return 0; }
                #endif
                int cuDeviceGetCount(int* count) { *count = DEVICES; return 0; }
                int cuDeviceGet(int* device, int) { *device = 0; return 0; }
                int cuDeviceGetAttribute(int* value, int which, int) { *value = which == 75 ? MAJOR : MINOR; return 0; }
                int cuDeviceGetName(char* name, int, int) { strcpy(name, "Old"); return 0; }
                }
                """);
        List<String> compile = new ArrayList<>(List.of("g++", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1",
                "driver.cpp", "-o", "libcuda.so.1"));
        compile.addAll(List.of(macros.split(" ")));
        assertEquals(0, new ProcessBuilder(compile).directory(folder.toFile()).inheritIO().start().waitFor());
        String library = "-D" + CudaProbe.LIBRARY_DIRECTORY + "=" + folder;
        String answer = ask(natives(), library);
        assertTrue(answer.startsWith("unavailable: ") && answer.contains(reason), answer);
        assertEquals(1, answer.lines().count(), answer);
        String links = ask(natives(), library, "-Dlinks=true");
        assertTrue(links.startsWith(driver) && links.contains(reason), links);
    }
}
