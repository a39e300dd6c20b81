package dev.sextant.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.Console;
import dev.sextant.cli.ExitCode;
import dev.sextant.cli.FakeTraining;
import dev.sextant.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run-time image without java.desktop fails in the way that a machine without fonts does: with an `Error` out of the
/// drawing. The run says once what is missing and leaves everything but the PNG.
class WithoutAwtTest {
    @TempDir
    Path temp;

    /// The process.
    static final class Quick {
        private Quick() {
        }

        public static void main(String[] args) {
            System.exit(Main.run(new Console(System.out, System.err, false, FakeTraining.factory()), args));
        }
    }

    @Test
    void theRunGoesOnWithoutThePng() throws Exception {
        Path run = temp.resolve("run");
        Path err = temp.resolve("err");
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "--limit-modules=java.logging,java.xml,jdk.management,jdk.jfr,java.net.http", "-cp",
                System.getProperty("java.class.path"), Quick.class.getName(), "train", "lenet", "--epochs", "3",
                "--out",
                run.toString()).redirectError(err.toFile()).redirectOutput(temp.resolve("out").toFile()).start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it takes too long");
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(err);
        assertEquals(ExitCode.OK, process.exitValue(), lines.toString());
        assertEquals(1, lines.stream().filter(l -> l.startsWith("no curve.png: ")).count(), lines.toString());
        assertFalse(Files.exists(run.resolve("curve.png")));
        assertTrue(Files.readString(run.resolve("curve.svg")).endsWith("</svg>\n"));
        assertTrue(Files.exists(run.resolve("index.html")));
        assertEquals(2, Files.readAllLines(temp.resolve("out")).size());
    }
}
