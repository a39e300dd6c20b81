package dev.sextant.cli.train;

import dev.sextant.cli.Console;
import dev.sextant.cli.ExitCode;
import dev.sextant.cli.Machine;
import dev.sextant.cli.progress.Display;
import dev.sextant.cli.run.RunCard;
import dev.sextant.cli.run.RunFolder;
import dev.sextant.cli.run.RunRecorder;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/// One training from start to its last line: folder, lock, run card, recording, interruption, results.
public final class TrainRun {
    private final Console console;
    private final TrainSettings settings;
    private final RunFolder folder;
    private final boolean explain;

    private TrainRun(Console console, TrainSettings settings, RunFolder folder, boolean explain) {
        this.console = console;
        this.settings = settings;
        this.folder = folder;
        this.explain = explain;
    }

    /// Starts a new run.
    ///
    /// @param out where to, or null for a folder of its own under `runs`
    /// @return the exit code
    public static int start(Console console, TrainSettings settings, Path out, String commandLine, boolean explain) {
        try (var folder = RunFolder.create(out, settings.net(), settings.seed())) {
            var run = new TrainRun(console, settings, folder, explain);
            try (var training = run.open(false)) {
                return run.train(training,
                        RunCard.of(settings, training.facts(), Machine.facts(), commandLine));
            }
        }
    }

    /// Goes on with the run in a folder.
    ///
    /// @param change makes the new settings from the recorded ones
    /// @return the exit code
    public static int resume(Console console, Path path, UnaryOperator<TrainSettings> change, String commandLine,
            boolean explain) {
        try (var folder = RunFolder.open(path)) {
            RunCard card = RunCard.read(folder.card());
            TrainSettings recorded = card.settings(TrainSettings.class);
            if (!recorded.isComplete()) {
                throw new FormatException("%s: the settings are not complete: %s", folder.card(), recorded);
            }
            TrainSettings settings = change.apply(recorded);
            var run = new TrainRun(console, settings, folder, explain);
            try (var training = run.open(true)) {
                Object before = card.trainingFact("dataSha256");
                Object now = training.facts().get("dataSha256");
                if (before != null && !before.equals(now)) {
                    throw new FormatException("%s was trained on data with SHA-256 %s, but this is %s; resume with the "
                            + "same --data", path, before, now);
                }
                card.resumed(training.globalStep(), settings, commandLine);
                return run.train(training, card);
            }
        }
    }

    private Training open(boolean resume) {
        return console.trainings().open(settings, folder.checkpoint(), resume, console.err()::println);
    }

    private int train(Training training, RunCard card) {
        save(card);
        console.err().println((training.globalStep() == 0 ? "" : "resuming at step " + training.globalStep() + "; ")
                + "run folder " + folder.path() + ", curve in " + folder.path().resolve("index.html"));
        // Closed last of all: an interrupted process ends with it.
        Interruption interruption = new Interruption(() -> {
            console.err().println("stopping after the current step ...");
            training.requestStop();
        });
        try (interruption) {
            return record(training, card, interruption);
        }
    }

    private int record(Training training, RunCard card, Interruption interruption) {
        boolean done;
        try (var display = Display.on(console.err(), console.terminal());
                var recorder = new RunRecorder(folder, card, title(), settings.epochs(), training.globalStep(),
                        display);
                var algorithms = new FirstStep(explain ? display::note : null, seen -> {
                    card.put("algorithms", seen);
                    save(card);
                })) {
            done = training.run(new Listeners(algorithms, recorder));
            conclude(training, card, recorder, done);
        } catch (RuntimeException e) {
            // While the process is being shut down nobody else would get to say so.
            if (interruption.isWished()) {
                interruption.failed();
                console.err().println("sextant: stopping failed: " + e.getMessage());
            }
            throw e;
        }
        return done ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    private String title() {
        return settings.net() + " (" + settings.edition()
                + (settings.variant().equals(settings.edition()) ? "" : ", " + settings.variant()) + "), seed "
                + settings.seed();
    }

    private void conclude(Training training, RunCard card, RunRecorder recorder, boolean done) {
        var epochs = recorder.history().epochs();
        if (!done) {
            recorder.finish("stopped at step " + training.globalStep());
            save(card);
            recorder.note("stopped at step " + training.globalStep() + "; go on with: sextant train --resume "
                    + folder.path());
            return;
        }
        if (epochs.isEmpty()) {
            throw new FormatException(
                    "%s: the checkpoint stands behind the last epoch, but metrics.jsonl has no epochs",
                    folder.path());
        }
        List<String> lines = resultLines(epochs.getLast().result(), training.examplesPerSecond(), training.device());
        card.put("finished", RunCard.now());
        card.put("result", result(epochs.getLast().result(), training));
        save(card);
        recorder.finish(String.join("; ", lines));
        recorder.closeDisplay();
        lines.forEach(console.out()::println);
        console.out().flush();
    }

    /// The book's two lines, in any locale. A regression has no accuracies to state.
    static List<String> resultLines(EpochResult last, double examplesPerSecond, String device) {
        return List.of(
                Double.isNaN(last.trainAccuracy()) ? String.format(Locale.ROOT, "loss %.6f", last.trainLoss())
                        : String.format(Locale.ROOT, "loss %.3f, train acc %.3f, test acc %.3f", last.trainLoss(),
                                last.trainAccuracy(), last.testAccuracy()),
                String.format(Locale.ROOT, "%.1f examples/sec on %s", examplesPerSecond, device));
    }

    private static Map<String, Object> result(EpochResult last, Training training) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("epochs", last.epoch());
        result.put("steps", training.globalStep());
        result.put("trainLoss", finite(last.trainLoss()));
        result.put("trainAccuracy", finite(last.trainAccuracy()));
        result.put("testLoss", finite(last.testLoss()));
        result.put("testAccuracy", finite(last.testAccuracy()));
        result.put("examplesPerSecond", finite(training.examplesPerSecond()));
        return result;
    }

    /// JSON has no NaN.
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private void save(RunCard card) {
        try {
            card.write(folder.card());
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", folder.card(), e);
        }
    }
}
