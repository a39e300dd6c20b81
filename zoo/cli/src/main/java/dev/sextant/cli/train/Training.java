package dev.sextant.cli.train;

import dev.sextant.nn.train.TrainingListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// A training that is ready to run: the command line's view of one.
public interface Training extends AutoCloseable {

    /// Prepares trainings.
    @FunctionalInterface
    interface Factory {
        /// Finds the data, builds the network and, where `resume` says so, restores the checkpoint.
        ///
        /// @param notes hears what is being done, one line each
        Training open(TrainSettings settings, Path checkpoint, boolean resume, Consumer<String> notes);
    }

    /// Steps done already: 0, or the checkpoint's.
    long globalStep();

    /// `cpu (simd, 2 threads)`.
    String device();

    /// For the run card: data hash, parameter count, backend and the like.
    Map<String, Object> facts();

    /// Trains to the last epoch, or until [#requestStop]; leaves a checkpoint behind either way.
    ///
    /// @return whether all epochs are done
    boolean run(TrainingListener listener);

    /// Asks [#run] to end after the current step; callable from any thread.
    void requestStop();

    /// Training examples per second of training time, over all epochs so far.
    double examplesPerSecond();

    @Override
    void close();
}
