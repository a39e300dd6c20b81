package dev.sextant.cli.progress;

import dev.sextant.nn.train.EpochResult;
import dev.sextant.nn.train.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Shows a training to people, on standard error: a bar on a terminal ([TerminalDisplay]), else whole lines
/// ([LineDisplay]). Both end each epoch with one line that stays.
public abstract class Display implements AutoCloseable {
    /// Where it writes.
    protected final PrintStream err;
    private final List<Double> losses = new ArrayList<>();
    private long firstStep = -1;
    private long startNanos;

    /// @param err where to write
    protected Display(PrintStream err) {
        this.err = err;
    }

    /// The display that suits the stream.
    public static Display on(PrintStream err, boolean terminal) {
        return terminal ? new TerminalDisplay(err) : new LineDisplay(err);
    }

    /// After every step.
    public final void step(Progress p) {
        if (firstStep < 0) {
            // The first step of a process starts cold: its time says nothing about the rest.
            firstStep = p.globalStep();
            startNanos = System.nanoTime();
        }
        showStep(p);
    }

    /// After one of the five points of an epoch, which the sparkline draws.
    public final void point(double loss) {
        losses.add(loss);
    }

    /// After an epoch.
    public final void epoch(EpochResult r, int epochs) {
        int digits = Integer.toString(epochs).length();
        // A regression has no accuracies.
        String accuracies = Double.isNaN(r.trainAccuracy()) ? ""
                : String.format(Locale.ROOT, "train acc %.3f, test acc %.3f, ", r.trainAccuracy(), r.testAccuracy());
        note(String.format(Locale.ROOT, "epoch %" + digits + "d/%d  loss %.3f, %s%.1f examples/s  %s", r.epoch(),
                epochs,
                r.trainLoss(), accuracies, r.examplesPerSecond(), Sparkline.of(losses, 40, err.charset())));
    }

    /// Prints a line that stays.
    public abstract void note(String line);

    abstract void showStep(Progress p);

    /// Leaves the terminal as it was.
    @Override
    public abstract void close();

    /// `loss 0.512, acc 0.803, 37512 examples/s, ETA 1:05`.
    final String status(Progress p) {
        String accuracy = Double.isNaN(p.accuracy()) ? "" : String.format(Locale.ROOT, "acc %.3f, ", p.accuracy());
        return String.format(Locale.ROOT, "loss %.3f, %s%.0f examples/s, ETA %s", p.loss(), accuracy,
                p.examplesPerSecond(), eta(p));
    }

    /// Time to the end of the last epoch at the pace so far.
    private String eta(Progress p) {
        long done = p.globalStep() - firstStep;
        if (done < 1) {
            return "?";
        }
        long left = (long) p.epochs() * p.stepsPerEpoch() - p.globalStep();
        return clock(Duration.ofNanos((long) ((System.nanoTime() - startNanos) / (double) done * Math.max(0, left))));
    }

    /// `0:07`, `12:30`, `1:02:03`.
    static String clock(Duration d) {
        long s = d.toSeconds();
        return s < 3600 ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
}
