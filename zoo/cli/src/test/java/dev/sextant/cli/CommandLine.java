package dev.sextant.cli;

import dev.sextant.cli.train.Training;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs one command line with captured output.
public record CommandLine(int code, String out, String err) {

    /// With the fake training, errors not going to a terminal.
    public static CommandLine run(String... args) {
        return run(FakeTraining.factory(), false, args);
    }

    /// With the given training and kind of standard error.
    public static CommandLine run(Training.Factory trainings, boolean terminal, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = Main.run(new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), terminal, trainings), args);
        return new CommandLine(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Lines of standard error.
    public List<String> errLines() {
        return err.lines().toList();
    }

    /// Lines of standard output.
    public List<String> outLines() {
        return out.lines().toList();
    }
}
