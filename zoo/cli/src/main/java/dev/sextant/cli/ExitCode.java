package dev.sextant.cli;

/// The exit codes that scripts may rely on; `--help` lists them.
public final class ExitCode {
    /// Done.
    public static final int OK = 0;
    /// It failed; one line on standard error says why.
    public static final int FAILURE = 1;
    /// A wrong command, flag, name or value.
    public static final int USAGE = 2;
    /// The data set is missing or damaged.
    public static final int NO_DATA = 3;
    /// Stopped by Ctrl-C or SIGTERM, with a checkpoint written.
    public static final int INTERRUPTED = 130;

    private ExitCode() {
    }
}
