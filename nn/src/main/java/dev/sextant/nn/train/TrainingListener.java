package dev.sextant.nn.train;

/// Hears of a training's progress, on the training thread; slow work belongs on another one.
public interface TrainingListener {

    /// After every optimizer step.
    default void onStep(Progress p) {
    }

    /// After an epoch's last step and its test.
    default void onEpoch(EpochResult r) {
    }

    /// After a checkpoint of the state behind `globalStep` steps has safely reached the disk.
    default void onCheckpoint(long globalStep) {
    }
}
