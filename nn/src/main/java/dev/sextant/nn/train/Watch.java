package dev.sextant.nn.train;

import java.util.function.ToDoubleFunction;

/// What an epoch is judged by.
public enum Watch {
    /// Lower is better.
    TRAIN_LOSS(EpochResult::trainLoss, false),
    /// Lower is better.
    TEST_LOSS(EpochResult::testLoss, false),
    /// Higher is better.
    TEST_ACCURACY(EpochResult::testAccuracy, true);

    private final ToDoubleFunction<EpochResult> value;
    private final boolean higher;

    Watch(ToDoubleFunction<EpochResult> value, boolean higher) {
        this.value = value;
        this.higher = higher;
    }

    /// The number in question.
    public double of(EpochResult epoch) {
        return value.applyAsDouble(epoch);
    }

    /// Whether `now` is better than `best` by more than `margin`; any number is better than NaN.
    boolean better(double now, double best, double margin) {
        if (Double.isNaN(now) || Double.isNaN(best)) {
            return !Double.isNaN(now);
        }
        return higher ? now > best + margin : now < best - margin;
    }
}
