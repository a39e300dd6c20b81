package dev.sextant.cli;

import dev.sextant.cli.train.TrainSettings;
import dev.sextant.cli.train.Training;
import dev.sextant.nn.train.EpochResult;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A training without a network: losses are a function of the step, the checkpoint is the step's number. It keeps the
/// order of events of the real one: step, epoch, checkpoint.
public final class FakeTraining implements Training {
    /// Steps of an epoch; not a multiple of five, so that the curve's points fall unevenly.
    public static final int STEPS = 12;

    private final TrainSettings settings;
    private final Path checkpoint;
    private final int stopAt;
    private final long stepMillis;
    private long step;
    private volatile boolean stop;

    private FakeTraining(TrainSettings settings, Path checkpoint, boolean resume, int stopAt, long stepMillis) {
        this.settings = settings;
        this.checkpoint = checkpoint;
        this.stopAt = stopAt;
        this.stepMillis = stepMillis;
        try {
            if (resume && Files.exists(checkpoint)) {
                step = Long.parseLong(Files.readString(checkpoint).strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One that runs to its end.
    public static Factory factory() {
        return stoppingAt(-1, 0);
    }

    /// One that is stopped after a step, as by Ctrl-C, and sleeps in each step.
    public static Factory stoppingAt(int stopAt, long stepMillis) {
        return (settings, checkpoint, resume, notes) -> new FakeTraining(settings, checkpoint, resume, stopAt,
                stepMillis);
    }

    @Override
    public long globalStep() {
        return step;
    }

    @Override
    public String device() {
        return "cpu (simd, 2 threads)";
    }

    @Override
    public Map<String, Object> facts() {
        return Map.of("data", "fashion-mnist", "dataSha256", "00ff");
    }

    @Override
    public boolean run(TrainingListener listener) {
        while (step < (long) settings.epochs() * STEPS) {
            if (stop) {
                save(listener);
                return false;
            }
            pause();
            step++;
            int epoch = (int) ((step - 1) / STEPS) + 1;
            int inEpoch = (int) ((step - 1) % STEPS) + 1;
            listener.onStep(new Progress(epoch, settings.epochs(), inEpoch, STEPS, step, loss(), accuracy(),
                    1000 + System.nanoTime() % 1000));
            stop |= step == stopAt;
            if (inEpoch == STEPS) {
                listener.onEpoch(new EpochResult(epoch, loss(), accuracy(), loss() + 0.1, accuracy() - 0.02,
                        1 + System.nanoTime() % 1000 * 1e-3, 1234.5));
                save(listener);
            }
        }
        return true;
    }

    private double loss() {
        return 2.3 / (1 + 0.05 * step);
    }

    private double accuracy() {
        return 1 - 0.9 / (1 + 0.05 * step);
    }

    private void pause() {
        try {
            Thread.sleep(stepMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void save(TrainingListener listener) {
        try {
            Files.writeString(checkpoint, step + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener.onCheckpoint(step);
    }

    @Override
    public void requestStop() {
        stop = true;
    }

    @Override
    public double examplesPerSecond() {
        return 37512.345;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
