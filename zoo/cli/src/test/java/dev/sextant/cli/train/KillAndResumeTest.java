package dev.sextant.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sextant.cli.ExitCode;
import dev.sextant.cli.Main;
import dev.sextant.engine.Device;
import dev.sextant.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real training in processes of their own: one that runs through, one that is interrupted within an epoch, killed
/// with SIGKILL in a later one and resumed each time with another number of threads. Both end with the same bits.
class KillAndResumeTest {
    @TempDir
    Path temp;

    private Process start(String... args) throws IOException {
        var line = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx2g",
                "-Djava.awt.headless=true", "-cp", System.getProperty("java.class.path"), Main.class.getName(),
                "train"));
        line.addAll(List.of(args));
        return new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(temp.resolve("output").toFile())).start();
    }

    private int finish(Process process) throws Exception {
        try {
            assertTrue(process.waitFor(300, TimeUnit.SECONDS), "it takes too long:\n" + output());
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(temp.resolve("output"));
    }

    private void waitForLines(Process process, Path run, int lines) throws Exception {
        Path metrics = run.resolve("metrics.jsonl");
        while (!Files.exists(metrics) || Files.readAllLines(metrics).size() < lines) {
            assertTrue(process.isAlive(), "it ended early:\n" + output());
            Thread.sleep(5);
        }
    }

    private static List<JsonObject> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream().map(line -> {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            json.remove("examplesPerSecond");
            json.remove("trainSeconds");
            return json;
        }).toList();
    }

    @Test
    void endsWithTheSameBits() throws Exception {
        Path whole = temp.resolve("whole");
        String[] settings = {"mlp-dropout", "--data", "synthetic", "--epochs", "3", "--seed", "5"};
        assertEquals(ExitCode.OK, finish(start(join(settings, "--threads", "2", "--out", whole.toString()))), output());

        Path run = temp.resolve("run");
        Process first = start(join(settings, "--threads", "1", "--out", run.toString()));
        waitForLines(first, run, 2);
        new ProcessBuilder("kill", "-TERM", Long.toString(first.pid())).inheritIO().start().waitFor();
        assertEquals(ExitCode.INTERRUPTED, finish(first), output());
        assertTrue(metrics(run).size() < metrics(whole).size(), "it was stopped before its end");

        Process second = start("--resume", run.toString(), "--threads", "4");
        waitForLines(second, run, 9);
        second.destroyForcibly();
        finish(second);
        assertTrue(metrics(run).size() < metrics(whole).size(), "it was killed before its end");

        assertEquals(ExitCode.OK, finish(start("--resume", run.toString(), "--threads", "2")), output());
        assertEquals(metrics(whole), metrics(run));
        assertSameTensors(whole.resolve("checkpoint.safetensors"), run.resolve("checkpoint.safetensors"));
    }

    private static void assertSameTensors(Path expected, Path actual) throws IOException {
        try (var e = SafeTensors.open(expected); var a = SafeTensors.open(actual)) {
            assertEquals(e.entries().keySet(), a.entries().keySet());
            assertTrue(e.entries().size() >= 6, "weights and biases of three layers");
            for (String name : e.entries().keySet()) {
                assertArrayEquals(e.array(name, Device.ref()).toFloats(), a.array(name, Device.ref()).toFloats(), name);
            }
            for (String name : List.of("epoch", "step", "globalStep", "optimizerSteps", "seed")) {
                assertEquals(e.metadata().get(name), a.metadata().get(name), name);
            }
        }
    }

    private static String[] join(String[] first, String... second) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }
}
