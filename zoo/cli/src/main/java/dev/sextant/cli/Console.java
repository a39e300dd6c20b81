package dev.sextant.cli;

import dev.sextant.cli.train.NetworkTraining;
import dev.sextant.cli.train.Training;
import java.io.PrintStream;

/// Where the commands print and how they train; tests put in their own.
///
/// @param out       results
/// @param err       progress and errors
/// @param terminal  whether `err` is a terminal, on which lines may be redrawn
/// @param trainings prepares trainings
public record Console(PrintStream out, PrintStream err, boolean terminal, Training.Factory trainings) {

    /// This process's own streams.
    static Console ofProcess() {
        StandardError.unfilter();
        return new Console(System.out, System.err, Boolean.getBoolean("sextant.terminal"), NetworkTraining::open);
    }
}
