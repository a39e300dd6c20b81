package dev.sextant.cli.train;

import dev.sextant.nn.train.EpochResult;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.TrainingListener;

/// Two listeners as one.
record Listeners(TrainingListener first, TrainingListener second) implements TrainingListener {

    @Override
    public void onStep(Progress p) {
        first.onStep(p);
        second.onStep(p);
    }

    @Override
    public void onEpoch(EpochResult r) {
        first.onEpoch(r);
        second.onEpoch(r);
    }

    @Override
    public void onCheckpoint(long globalStep) {
        first.onCheckpoint(globalStep);
        second.onCheckpoint(globalStep);
    }
}
