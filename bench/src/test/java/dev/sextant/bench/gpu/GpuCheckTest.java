package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.kernels.sim.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `gpu-check` as its user sees it: what it prints, what it writes, and that nothing stops it.
class GpuCheckTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    static void needSimulator() {
        boolean present = Simulator.canBuild();
        assertTrue(present || !"true".equals(System.getenv("CI")), "CI must have g++");
        Assumptions.assumeTrue(present, "the simulator needs g++");
        // Compiled here, so that no process of a test spends its time on it.
        new Gpu(true);
    }

    private int check(Class<? extends CheckList> list, String... args) {
        return new CommandLine(new GpuCheckCommand(list, new PrintStream(printed, true, StandardCharsets.UTF_8)))
                .execute(args);
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /// Checks that go wrong in every way there is, one after the other, and one that goes right at the end.
    static final class Wrong implements CheckList {
        @Override
        public List<Check> checks(Gpu gpu, boolean simulated) {
            return List.of(new Check("wrong", Gpu.OWN, "off by one", () -> {
                throw new Check.Failure(Measured.of(1, 0.5, ""), "element 3 is 2 instead of 1");
            }), new Check("wrong", Gpu.OWN, "dies", () -> {
                System.err.println("SIGSEGV in a library");
                Runtime.getRuntime().halt(134);
                return null;
            }), new Check("wrong", Gpu.OWN, "throws", () -> {
                throw new StackOverflowError();
            }), new Check("wrong", Gpu.OWN, "not here", () -> {
                throw new Check.Skip("there is no such thing here");
            }), new Check("wrong", Gpu.OWN, "goes right", () -> Measured.of(0, 1, "fine")));
        }
    }

    @Test
    void aCheckThatGoesWrongStopsNoOther() throws Exception {
        needSimulator();
        assertEquals(1, check(Wrong.class, "--simulated", "-o", folder.toString()), this::text);
        JsonObject report = JsonParser.parseString(Files.readString(folder.resolve("gpu-check.json")))
                .getAsJsonObject();
        List<String> outcomes = new ArrayList<>();
        report.getAsJsonArray("findings").forEach(f -> outcomes.add(f.getAsJsonObject().get("outcome").getAsString()));
        assertEquals(List.of("FAILED", "CRASHED", "FAILED", "SKIPPED", "PASSED"), outcomes);
        assertTrue(report.get("simulated").getAsBoolean());
        String html = Files.readString(folder.resolve("gpu-check.html"));
        for (String said : List.of("element 3 is 2 instead of 1", "SIGSEGV in a library", "exit code 134",
                "StackOverflowError", "there is no such thing here", "Please send")) {
            assertTrue(html.contains(said), said);
        }
    }

    /// A check that never ends.
    static final class Hanging implements CheckList {
        @Override
        public List<Check> checks(Gpu gpu, boolean simulated) {
            return List.of(new Check("wrong", Gpu.OWN, "hangs", () -> {
                Thread.sleep(Duration.ofHours(1));
                return null;
            }), new Check("wrong", Gpu.OWN, "goes right", () -> Measured.of(0, 1, "fine")));
        }
    }

    @Test
    void aCheckThatHangsIsEnded() throws Exception {
        needSimulator();
        List<Finding> found = new ArrayList<>();
        // Long enough for a JVM and the simulator to start on a busy machine.
        new CheckProcess(Hanging.class, true, "", Duration.ofMinutes(10), Duration.ofSeconds(8)).run(found::add);
        assertEquals(List.of(Outcome.CRASHED, Outcome.PASSED), found.stream().map(Finding::outcome).toList());
        assertTrue(found.getFirst().message().contains("it said nothing for 8 s"), found.getFirst().message());
    }

    /// Takes the device down with a kernel that fails.
    static final class Losing implements CheckList {
        @Override
        public List<Check> checks(Gpu gpu, boolean simulated) {
            return List.of(new Check("wrong", Gpu.OWN, "loses the device", () -> {
                gpu.simulator().set("fault", "cuStreamSynchronize:1-1000:719");
                NDArray.zeros(Shape.of(3), DType.FLOAT32, gpu.device(Gpu.OWN));
                gpu.device(Gpu.OWN).backend().synchronize();
                return null;
            }), new Check("wrong", Gpu.OWN, "needs the device", () -> {
                gpu.device(Gpu.OWN).backend().synchronize();
                return Measured.of(0, 1, "fine");
            }));
        }
    }

    @Test
    void aLostDeviceIsOpenedAgain() throws Exception {
        needSimulator();
        List<Finding> found = new ArrayList<>();
        new CheckProcess(Losing.class, true, "", Duration.ofMinutes(10), Duration.ofMinutes(2)).run(found::add);
        assertEquals(List.of(Outcome.FAILED, Outcome.PASSED), found.stream().map(Finding::outcome).toList());
        assertTrue(found.getFirst().message().contains("719"), found.getFirst().message());
    }

    /// Takes the GPU away for good: the list of the next process cannot be made.
    static final class Gone implements CheckList {
        private static final Path MARK = Path.of(System.getProperty("java.io.tmpdir"), "gpu-check-test-gone-"
                + ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));

        @Override
        public List<Check> checks(Gpu gpu, boolean simulated) {
            if (!MARK.toFile().delete()) {
                return List.of(new Check("wrong", Gpu.OWN, "dies", () -> {
                    Files.createFile(MARK);
                    Runtime.getRuntime().halt(3);
                    return null;
                }), new Check("wrong", Gpu.OWN, "never begun", () -> Measured.of(0, 1, "fine")));
            }
            throw new IllegalStateException("no GPU any more");
        }
    }

    @Test
    void whatCouldNotBeLookedAtIsReported() throws Exception {
        needSimulator();
        List<Finding> found = new ArrayList<>();
        new CheckProcess(Gone.class, true, "", Duration.ofMinutes(10), Duration.ofMinutes(2)).run(found::add);
        assertEquals(List.of("dies", "all later checks"), found.stream().map(Finding::name).toList());
        assertTrue(found.getLast().outcome().isBad() && found.getLast().message().contains("no GPU any more"),
                found.getLast().message());
    }

    /// Every kind of real check, few of each: the whole sample takes minutes.
    @Test
    void everyLineAndBothFilesSaySimulated() throws Exception {
        needSimulator();
        int code = check(CheckList.Standard.class, "--simulated", "-o", folder.toString(), "--only",
                "Gemm.linear|Pool.aNanWins|cuBLAS|sgemm_k[378]|3x3|lenet|Optimizer.updates");
        assertEquals(0, code, this::text);
        text().lines().forEach(line -> assertTrue(line.startsWith("simulated"), line));
        assertFalse(text().contains("GFLOP"), this::text);
        assertTrue(text().contains(" 0 failed, 0 skipped, 0 crashed"), this::text);
        String html = Files.readString(folder.resolve("gpu-check.html"));
        String json = Files.readString(folder.resolve("gpu-check.json"));
        assertTrue(html.contains("<title>simulated") && html.contains("no GPU has run anything here"));
        assertTrue(html.contains("simulated: loss of lenet, by cudnn</text>"));
        assertTrue(json.contains("\"simulated\": true") && json.contains(GpuReport.SIMULATED));
        assertFalse(html.contains("src=") || html.contains("<link"), "the page needs something beside itself");
        JsonParser.parseString(json);
    }

    @Test
    void withoutAGpuItNamesTheMissingLink() throws Exception {
        Assumptions.assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "there is a GPU here");
        assertEquals(GpuCheckCommand.NO_GPU, check(CheckList.Standard.class, "-o", folder.toString()));
        assertTrue(text().contains("NVIDIA driver") && text().contains("install the NVIDIA driver"), this::text);
        assertFalse(text().contains("\tat "), this::text);
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count(), "nothing was checked, so nothing is reported");
        }
    }
}
