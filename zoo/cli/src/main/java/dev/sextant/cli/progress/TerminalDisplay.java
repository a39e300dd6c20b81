package dev.sextant.cli.progress;

import dev.sextant.nn.train.Progress;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A bar for the current epoch, redrawn in place by a thread of the bar's own; it makes room for lines that stay.
final class TerminalDisplay extends Display {
    private ProgressBar bar;
    private int barEpoch;

    TerminalDisplay(PrintStream err) {
        super(err);
    }

    @Override
    void showStep(Progress p) {
        if (bar == null || barEpoch != p.epoch()) {
            close();
            bar = new ProgressBarBuilder()
                    .setTaskName("epoch " + p.epoch() + "/" + p.epochs())
                    .setInitialMax(p.stepsPerEpoch())
                    .startsFrom(p.step() - 1L, Duration.ZERO)
                    .setStyle(StandardCharsets.UTF_8.equals(err.charset()) ? ProgressBarStyle.UNICODE_BLOCK
                            : ProgressBarStyle.ASCII)
                    .hideEta()
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new BarLine(err, width()))
                    .build();
            barEpoch = p.epoch();
        }
        bar.setExtraMessage(status(p));
        bar.stepTo(p.step());
    }

    /// The terminal's width as the shell knows it; 100 columns where it does not say.
    private static int width() {
        try {
            return Math.clamp(Integer.parseInt(System.getProperty("sextant.columns", "100")) - 1, 60, 160);
        } catch (NumberFormatException e) {
            return 100;
        }
    }

    @Override
    public void note(String line) {
        close();
        err.println(line);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
