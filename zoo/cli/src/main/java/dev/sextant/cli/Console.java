package dev.sextant.cli;

import dev.sextant.cli.train.NetworkTraining;
import dev.sextant.cli.train.Training;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;

/// Where the commands print and how they train; tests put in their own.
///
/// @param out       results
/// @param err       progress and errors
/// @param terminal  whether `err` is a terminal, on which lines may be redrawn
/// @param trainings prepares trainings
public record Console(PrintStream out, PrintStream err, boolean terminal, Training.Factory trainings) {

    /// This process's own streams. The launcher filters the JVM's standard error and keeps the real one open as
    /// descriptor 3; where that cannot be opened, the filtered one serves as well.
    static Console ofProcess() {
        PrintStream err = System.err;
        boolean terminal = Boolean.getBoolean("sextant.terminal");
        if (System.getProperty("sextant.home") != null) {
            try {
                err = new PrintStream(new FileOutputStream("/proc/self/fd/3", true), true, System.err.charset());
            } catch (IOException e) {
                terminal = false;
            }
        }
        Charset charset = System.out.charset();
        return new Console(new PrintStream(new FileOutputStream(FileDescriptor.out), true, charset), err, terminal,
                NetworkTraining::open);
    }
}
