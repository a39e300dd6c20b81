package dev.sextant.cli.progress;

import dev.sextant.nn.train.Progress;
import java.io.PrintStream;
import java.util.Locale;

/// For logs and pipes: a whole line about every ten seconds and after each epoch; no control characters.
final class LineDisplay extends Display {
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private long lastLine = System.nanoTime();

    LineDisplay(PrintStream err) {
        super(err);
    }

    @Override
    void showStep(Progress p) {
        long now = System.nanoTime();
        if (now - lastLine >= INTERVAL_NANOS) {
            lastLine = now;
            err.println(String.format(Locale.ROOT, "epoch %d/%d, step %d/%d: %s", p.epoch(), p.epochs(), p.step(),
                    p.stepsPerEpoch(), status(p)));
        }
    }

    @Override
    public void note(String line) {
        lastLine = System.nanoTime();
        err.println(line);
    }

    @Override
    public void close() {
        err.flush();
    }
}
