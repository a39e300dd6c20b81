package dev.sextant.nn.train;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Dropout;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.optim.GradientClip;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.optim.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// The training loop: for every batch, forward, loss, backward, update; after every epoch, a test and a checkpoint.
///
/// A training is a pure function of its seed: stopped at any step and resumed from its last checkpoint, it goes
/// through the same parameters as one that was never stopped.
public final class Trainer {
    private final Layer model;
    private final Optimizer optimizer;
    private final Task task;
    private final BatchSource train;
    private final BatchSource test;
    private final long seed;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private Schedule schedule;
    private double maxGradientNorm = Double.POSITIVE_INFINITY;
    private Path checkpointFile;
    private Map<String, String> checkpointMetadata = Map.of();
    private double checkpointSeconds = 60;
    private long lastCheckpoint = System.nanoTime();
    private TrainState state = TrainState.START;
    private EpochResult lastEpoch;
    private volatile boolean stopRequested;

    /// @param model initialised
    /// @param test  what to evaluate on after every epoch, or null
    /// @param seed  of dropout; the batch sources and the initialisation have their own
    public Trainer(Layer model, Optimizer optimizer, Task task, BatchSource train, BatchSource test, long seed) {
        this.model = model;
        this.optimizer = optimizer;
        this.task = task;
        this.train = train;
        this.test = test;
        this.seed = seed;
    }

    /// Adds a listener; they hear in the order they were added.
    public Trainer listen(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /// Sets the learning rate before every step. A schedule is a function of the number of steps done, so that a
    /// resumed training goes on with it; count it in epochs with [Schedule#perEpoch].
    public Trainer schedule(Schedule rates) {
        schedule = rates;
        return this;
    }

    /// Clips the norm of all gradients together before every update ([GradientClip#byNorm]).
    public Trainer clipNorm(double maxNorm) {
        maxGradientNorm = maxNorm;
        return this;
    }

    /// Writes a checkpoint to `file` after every epoch, when stopped, and at least every `seconds` of training.
    public Trainer checkpointTo(Path file, double seconds, Map<String, String> metadata) {
        checkpointFile = file;
        checkpointSeconds = seconds;
        checkpointMetadata = Map.copyOf(metadata);
        return this;
    }

    /// Continues from a checkpoint.
    public Trainer resumeFrom(Path file) {
        state = Checkpoint.load(file, model, optimizer, seed);
        return this;
    }

    /// Where the training stands.
    public TrainState state() {
        return state;
    }

    /// What the last finished epoch came to, or null.
    public EpochResult lastEpoch() {
        return lastEpoch;
    }

    /// Asks the loop to end after the current step; callable from any thread.
    public void requestStop() {
        stopRequested = true;
    }

    /// Trains until `epochs` epochs are done in all, or until asked to stop.
    ///
    /// @return whether all epochs are done
    public boolean run(int epochs) {
        model.train();
        while (state.epoch() < epochs) {
            if (!runEpoch(epochs)) {
                checkpoint();
                return false;
            }
            lastEpoch = finishEpoch();
            state = state.nextEpoch();
            listeners.forEach(l -> l.onEpoch(lastEpoch));
            checkpoint();
        }
        return true;
    }

    private boolean runEpoch(int epochs) {
        Iterator<Batch> batches = train.epoch(state.epoch(), state.step());
        try {
            while (batches.hasNext()) {
                if (stopRequested) {
                    return false;
                }
                step(batches);
                var p = new Progress(state.epoch() + 1, epochs, state.step(), train.steps(), state.globalStep(),
                        state.meanLoss(), state.accuracy(), state.examples() / state.epochSeconds());
                listeners.forEach(l -> l.onStep(p));
                if (batches.hasNext() && System.nanoTime() - lastCheckpoint > checkpointSeconds * 1e9) {
                    checkpoint();
                }
            }
            return true;
        } finally {
            if (batches instanceof AutoCloseable closeable) {
                closeQuietly(closeable);
            }
        }
    }

    /// One step, with everything temporary inside one scope.
    private void step(Iterator<Batch> batches) {
        long start = System.nanoTime();
        try (var _ = Scope.open("training step")) {
            var batch = batches.next();
            Dropout.position(model, seed, state.globalStep());
            List<Var> outputs = model.applyAll(Var.of(batch.images()));
            Var loss = task.loss(outputs, batch.labels());
            optimizer.zeroGrad();
            loss.backward();
            update();
            double value = loss.item();
            int correct = task.correct(outputs.getFirst().value(), batch.labels());
            state = state.after(value, correct, batch.size(), (System.nanoTime() - start) / 1e9);
        }
    }

    private void update() {
        if (maxGradientNorm != Double.POSITIVE_INFINITY) {
            GradientClip.byNorm(model.parameters().values(), maxGradientNorm);
        }
        if (schedule != null) {
            optimizer.apply(schedule, state.globalStep());
        }
        optimizer.step();
    }

    private EpochResult finishEpoch() {
        Evaluation tested = test == null ? new Evaluation(Double.NaN, Double.NaN, 0) : Evaluation.of(model, task, test);
        return new EpochResult(state.epoch() + 1, state.meanLoss(), state.accuracy(), tested.loss(), tested.accuracy(),
                state.epochSeconds(), state.examples() / state.epochSeconds());
    }

    private void checkpoint() {
        if (checkpointFile != null) {
            Checkpoint.save(checkpointFile, model, optimizer, state, seed, checkpointMetadata);
            lastCheckpoint = System.nanoTime();
            listeners.forEach(l -> l.onCheckpoint(state.globalStep()));
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SextantException(e, "training: closing the data failed: %s", e.getMessage());
        }
    }
}
