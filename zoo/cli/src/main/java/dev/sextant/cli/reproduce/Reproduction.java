package dev.sextant.cli.reproduce;

import dev.sextant.cli.chart.CurveFiles;
import dev.sextant.cli.chart.CurveLine;
import dev.sextant.cli.chart.CurveMark;
import dev.sextant.cli.run.EpochPoint;
import dev.sextant.cli.run.History;
import dev.sextant.cli.run.MetricsLog;
import dev.sextant.cli.run.RunCard;
import dev.sextant.cli.train.Start;
import dev.sextant.cli.train.TrainSettings;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A run folder read back, beside what is published for its network.
///
/// @param settings  of the run
/// @param card      its run card
/// @param history   its metrics, at least one epoch
/// @param published what it is compared with, if there is anything
public record Reproduction(TrainSettings settings, RunCard card, History history, Optional<Published> published) {

    /// Reads a run that has finished an epoch.
    ///
    /// @throws FormatException if it has not, or its files are damaged
    public static Reproduction read(Path folder) {
        RunCard card = RunCard.read(folder.resolve("run.json"));
        TrainSettings settings = card.settings(TrainSettings.class);
        try {
            History history = MetricsLog.read(folder.resolve("metrics.jsonl"));
            if (history.epochs().isEmpty()) {
                throw new FormatException("%s: the run has not finished its first epoch", folder);
            }
            // What is published is published for Fashion-MNIST.
            boolean comparable = "fashion-mnist".equals(card.trainingFact("data")) && settings.images() == 0
                    && settings.options().isEmpty() && settings.start().equals(Start.FROM_SEED);
            return new Reproduction(settings, card, history,
                    comparable ? Published.of(settings.net(), settings.variant()) : Optional.empty());
        } catch (IOException e) {
            throw new SextantException(e, "cannot read the metrics in %s: %s", folder, e.getMessage());
        }
    }

    /// `reproduce-lenet-no-second-sigmoid-0`: the folder's usual name.
    public static String name(TrainSettings s) {
        return "reproduce-" + s.net() + (s.variant().equals(s.edition()) ? "" : "-" + s.variant()) + "-" + s.seed();
    }

    /// The epochs' results in order.
    public List<EpochResult> epochs() {
        return history.epochs().stream().map(EpochPoint::result).toList();
    }

    /// How it compares.
    public Verdict verdict() {
        return Verdict.of(published, epochs(), settings.net(), settings.seed());
    }

    /// Training time of all epochs.
    public double trainSeconds() {
        return epochs().stream().mapToDouble(EpochResult::trainSeconds).sum();
    }

    /// Training images per second over all epochs.
    public double imagesPerSecond() {
        return epochs().stream().mapToDouble(e -> e.examplesPerSecond() * e.trainSeconds()).sum() / trainSeconds();
    }

    /// Draws the curve against the published numbers, as SVG.
    public void draw(Path file) {
        List<CurveMark> marks = new ArrayList<>();
        published.ifPresent(p -> {
            marks.add(new CurveMark(CurveLine.TRAIN_LOSS, p.trainLoss(), p.source(), true));
            boolean testBelow = p.testAccuracy() <= p.trainAccuracy();
            marks.add(new CurveMark(CurveLine.TRAIN_ACCURACY, p.trainAccuracy(), p.source(), !testBelow));
            marks.add(new CurveMark(CurveLine.TEST_ACCURACY, p.testAccuracy(), p.source(), testBelow));
        });
        int length = Math.max(Published.EPOCHS, epochs().getLast().epoch());
        try {
            CurveFiles.compare(file, title(), length, history, marks);
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", file, e.getMessage());
        }
    }

    /// `lenet (book, no-second-sigmoid), seed 0`.
    public String title() {
        return settings.net() + " (" + settings.edition()
                + (settings.variant().equals(settings.edition()) ? "" : ", " + settings.variant()) + "), seed "
                + settings.seed();
    }
}
