package dev.sextant.bench.devices;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.sextant.bench.gpu.Gpu;
import dev.sextant.bench.report.ReportCommand;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.kernels.sim.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The benchmarks of CPU against GPU, on the simulator.
class OnDevicesTest {
    @TempDir
    Path folder;

    /// Nothing but the shared rule.
    private static final class Subject extends OnDevices {
        Subject(String device) {
            this.device = device;
        }
    }

    @BeforeEach
    void needSimulator() {
        boolean present = Simulator.canBuild();
        assertTrue(present || !"true".equals(System.getenv("CI")), "CI must have g++");
        Assumptions.assumeTrue(present, "the simulator needs g++");
    }

    @Test
    void aSampleThatHasNotFinishedIsRefused() {
        var subject = new Subject(OnDevices.SIMULATED + Gpu.OWN);
        NDArray x = subject.values("x", Shape.of(100));
        NDArray y = subject.empty(Shape.of(100));
        subject.device().backend().synchronize();
        Runnable launch = () -> y.device().kernels().unary(UnarySpec.RELU, x, y);
        String message = assertThrows(SextantException.class, () -> subject.sample(launch)).getMessage();
        assertTrue(message.contains("still computing") && message.contains("synchronize"), message);
        assertDoesNotThrow(() -> subject.finish(launch));
        // A copy is queued like a kernel.
        assertThrows(SextantException.class,
                () -> subject.sample(() -> y.device().backend().upload(new float[100], x)));
        assertDoesNotThrow(() -> subject.sample(y::toFloats));
    }

    @Test
    void theCpuHasAlwaysFinished() {
        var subject = new Subject(OnDevices.CPU);
        NDArray x = subject.values("x", Shape.of(100));
        assertDoesNotThrow(() -> subject.sample(() -> x.device().kernels().fill(1, x)));
    }

    @Test
    void everyBenchmarkRunsOnTheSimulatorAndSaysSo() throws Exception {
        var printed = new ByteArrayOutputStream();
        Path json = folder.resolve("devices.json");
        int code = new CommandLine(new DevicesCommand(new PrintStream(printed, true, StandardCharsets.UTF_8)))
                .execute("--simulated", "--forks", "0", "-o", json.toString());
        String text = printed.toString(StandardCharsets.UTF_8);
        assertEquals(0, code, text);
        text.lines().forEach(line -> assertTrue(line.startsWith("simulated"), line));
        // 11 methods on three devices: a benchmark whose result is wrong, or whose sample is refused, has none.
        assertEquals(33, JsonParser.parseString(Files.readString(json)).getAsJsonArray().size(), text);
        Path page = folder.resolve("page.html");
        assertEquals(0, new CommandLine(new ReportCommand()).execute(json.toString(), json.toString(), "-o",
                page.toString()));
        String html = Files.readString(page);
        assertTrue(html.contains("<title>simulated") && html.contains("no difference shown"), html);
    }
}
