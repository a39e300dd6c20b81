package dev.sextant.cli.run;

import dev.sextant.cli.chart.CurveFiles;
import dev.sextant.cli.progress.Display;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.AtomicFile;
import dev.sextant.nn.train.EpochResult;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.TrainingListener;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Turns a training's events into the run folder's files and the display's lines. Metrics are written at once, on the
/// training thread; the curve and the page are drawn behind its back, always from the newest history.
public final class RunRecorder implements TrainingListener, AutoCloseable {
    /// How often an epoch's training numbers go onto the curve.
    static final int POINTS_PER_EPOCH = 5;

    private final RunFolder folder;
    private final RunCard card;
    private final String title;
    private final int epochs;
    private final MetricsLog metrics;
    private final Display display;
    private final CurveFiles curve;
    private final AtomicReference<History> toDraw = new AtomicReference<>();
    private final ExecutorService painter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sextant-curve").factory());
    private long globalStep;
    private boolean drawingFailed;

    /// @param globalStep where the run stands: 0, or a checkpoint's step
    public RunRecorder(RunFolder folder, RunCard card, String title, int epochs, long globalStep, Display display) {
        this.folder = folder;
        this.card = card;
        this.title = title;
        this.epochs = epochs;
        this.globalStep = globalStep;
        this.display = display;
        try {
            this.metrics = MetricsLog.open(folder.metrics(), globalStep);
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", folder.metrics(), e);
        }
        this.curve = new CurveFiles(folder.path(), title, epochs, display::note);
        metrics.history().points().forEach(p -> display.point(p.loss()));
        draw();
    }

    /// What is recorded so far.
    public History history() {
        return metrics.history();
    }

    @Override
    public void onStep(Progress p) {
        globalStep = p.globalStep();
        display.step(p);
        long before = (p.step() - 1L) * POINTS_PER_EPOCH / p.stepsPerEpoch();
        if ((long) p.step() * POINTS_PER_EPOCH / p.stepsPerEpoch() > before) {
            var point = new TrainPoint(globalStep, p.epoch() - 1 + (double) p.step() / p.stepsPerEpoch(), p.loss(),
                    p.accuracy(), p.examplesPerSecond());
            display.point(p.loss());
            write(() -> metrics.append(point));
            draw();
        }
    }

    @Override
    public void onEpoch(EpochResult r) {
        write(() -> metrics.append(new EpochPoint(globalStep, r)));
        display.epoch(r, epochs);
        draw();
    }

    private interface Write {
        void run() throws IOException;
    }

    private void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", folder.metrics(), e);
        }
    }

    /// Asks for a new drawing; one that has not begun yet is replaced, so a slow disk never piles them up.
    private void draw() {
        if (toDraw.getAndSet(metrics.history()) == null) {
            painter.execute(() -> paint(toDraw.getAndSet(null), "running", true));
        }
    }

    private synchronized void paint(History history, String state, boolean live) {
        try {
            curve.draw(history, !live);
            AtomicFile.write(folder.page(), RunPage.html(title, state, live, history, card.json()));
        } catch (IOException e) {
            // A curve is not worth a training: the metrics hold the same numbers.
            if (!drawingFailed) {
                drawingFailed = true;
                display.note("cannot draw the curve: " + e);
            }
        }
    }

    /// Draws curve and page for the last time.
    ///
    /// @param state how the run ended, for the page
    public void finish(String state) {
        stopPainting();
        paint(metrics.history(), state, false);
    }

    /// Prints a line that stays.
    public void note(String line) {
        display.note(line);
    }

    /// Clears the way for results.
    public void closeDisplay() {
        display.close();
    }

    private void stopPainting() {
        painter.shutdown();
        try {
            painter.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopPainting();
        display.close();
        write(metrics::close);
    }
}
