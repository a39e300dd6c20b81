package dev.sextant.cli.progress;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBarConsumer;

/// Draws the bar over itself in the terminal's current line, and wipes it off at the end.
final class BarLine implements ProgressBarConsumer {
    private static final String ERASE_TO_END = "\033[K";

    private final PrintStream err;
    private final int width;

    BarLine(PrintStream err, int width) {
        this.err = err;
        this.width = width;
    }

    @Override
    public int getMaxRenderedLength() {
        return width;
    }

    @Override
    public void accept(String rendered) {
        err.print("\r" + rendered + ERASE_TO_END);
        err.flush();
    }

    @Override
    public void close() {
        err.print("\r" + ERASE_TO_END);
        err.flush();
    }
}
