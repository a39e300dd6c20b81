package dev.sextant.zoo.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs another program and waits for it.
@FunctionalInterface
public interface CommandRunner {

    /// Runs a command in a folder.
    ///
    /// @param folder  its working folder
    /// @param limit   after which it is killed
    /// @param command the program and its arguments
    /// @throws IOException if there is no such program, or it took longer than `limit`
    Outcome run(Path folder, Duration limit, List<String> command) throws IOException;

    /// How a program ended.
    ///
    /// @param exitCode 0 if it did what it should
    /// @param lastLine the last line it printed, for error messages
    record Outcome(int exitCode, String lastLine) {
    }

    /// Runs programs of this machine, without input, their messages in English.
    static CommandRunner system() {
        return CommandRunner::runProcess;
    }

    private static Outcome runProcess(Path folder, Duration limit, List<String> command) throws IOException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        try {
            var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            try {
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException(command.getFirst() + " did not finish within " + limit.toSeconds() + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + command.getFirst() + " was running", e);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            var lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip().split("\n");
            return new Outcome(process.exitValue(), lines[lines.length - 1]);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
