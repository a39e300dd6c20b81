package dev.sextant.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.cli.Console;
import dev.sextant.cli.ExitCode;
import dev.sextant.cli.FakeTraining;
import dev.sextant.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ctrl-C and SIGTERM, sent to a process of its own.
class InterruptionTest {
    private static final Path STATUS = Path.of("/proc/self/status");

    @TempDir
    Path temp;

    /// The process: a slow training that would take minutes.
    static final class Slow {
        private Slow() {
        }

        public static void main(String[] args) {
            System.exit(Main.run(new Console(System.out, System.err, false, FakeTraining.stoppingAt(-1, 20)), args));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalEndsTheStepWritesACheckpointAndSaysHowToGoOn(String signal) throws Exception {
        assumeTrue(Files.exists(STATUS), "signals are sent by kill(1)");
        assumeTrue(!signal.equals("INT") || !ignoresInterrupts(), "a script's background process ignores Ctrl-C");
        Path run = temp.resolve("run");
        Path err = temp.resolve("err");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.awt.headless=true", "-cp", System.getProperty("java.class.path"), Slow.class.getName(), "train",
                "lenet", "--epochs", "1000", "--out", run.toString()).redirectError(err.toFile())
                .redirectOutput(temp.resolve("out").toFile()).start();
        try {
            Path metrics = run.resolve("metrics.jsonl");
            for (int i = 0; i < 600 && !(Files.exists(metrics) && Files.size(metrics) > 200); i++) {
                assertTrue(process.isAlive(), "it ended by itself");
                Thread.sleep(100);
            }
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not stop");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(ExitCode.INTERRUPTED, process.exitValue());
        String step = Files.readString(run.resolve("checkpoint.safetensors")).strip();
        List<String> lines = Files.readAllLines(err);
        assertEquals("stopped at step " + step + "; go on with: sextant train --resume " + run, lines.getLast());
        assertTrue(Long.parseLong(step) >= 3, step);
    }

    /// Whether this process, and so its children, were started with SIGINT (2) ignored.
    private static boolean ignoresInterrupts() throws IOException {
        String ignored = Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("SigIgn:")).findFirst()
                .orElse("SigIgn: 0").split("\\s+")[1];
        return (Long.parseUnsignedLong(ignored, 16) & 2) != 0;
    }
}
