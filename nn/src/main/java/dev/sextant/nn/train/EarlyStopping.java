package dev.sextant.nn.train;

import dev.sextant.engine.error.SextantException;

/// Ends a training when some number of epochs in a row brought nothing better. Counts epochs of this run: a resumed
/// training counts anew.
public final class EarlyStopping implements TrainingListener {
    private final Trainer trainer;
    private final Watch watch;
    private final int patience;
    private final double margin;
    private double best = Double.NaN;
    private int bestEpoch;
    private int waited;

    /// @param patience how many epochs without anything better are allowed
    /// @param margin   how much better counts as better, 0 or more
    public EarlyStopping(Trainer trainer, Watch watch, int patience, double margin) {
        if (patience < 1 || !(margin >= 0)) {
            throw new SextantException("early stopping: needs patience >= 1 and margin >= 0, but got %d and %s",
                    patience, margin);
        }
        this.trainer = trainer;
        this.watch = watch;
        this.patience = patience;
        this.margin = margin;
    }

    @Override
    public void onEpoch(EpochResult r) {
        if (watch.better(watch.of(r), best, margin)) {
            best = watch.of(r);
            bestEpoch = r.epoch();
            waited = 0;
        } else if (++waited >= patience) {
            trainer.requestStop();
        }
    }

    /// The best value so far; NaN before the first.
    public double best() {
        return best;
    }

    /// The epoch it came from, counted from 1; 0 before the first.
    public int bestEpoch() {
        return bestEpoch;
    }
}
