package dev.sextant.nn.hostile;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Java process of one's own, for tests that need a small heap, a limit on files, or instrumented classes.
final class ChildJvm {
    private ChildJvm() {
    }

    /// How a process ended.
    record Outcome(int exit, String output) {
    }

    /// Runs a main class with this test's class path and waits for its end.
    ///
    /// @param prefix  what stands before the `java` command, for example a shell that sets limits
    /// @param options JVM options and the main class with its arguments
    static Outcome run(Path folder, List<String> prefix, List<String> options)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        File log = folder.resolve("output.txt").toFile();
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(log).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("no end after 120 s: " + Files.readString(log.toPath()));
        }
        return new Outcome(process.exitValue(), Files.readString(log.toPath()));
    }
}
