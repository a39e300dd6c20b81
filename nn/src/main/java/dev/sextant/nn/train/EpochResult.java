package dev.sextant.nn.train;

/// What one epoch came to.
///
/// @param epoch             counted from 1
/// @param trainLoss         mean loss over the epoch's training examples, measured while the parameters moved
/// @param trainAccuracy     share of training examples classified correctly, measured alike
/// @param testLoss          mean loss over the test set after the epoch
/// @param testAccuracy      share of test examples classified correctly after the epoch
/// @param trainSeconds      time spent training, the test not counted
/// @param examplesPerSecond training examples per second of `trainSeconds`
public record EpochResult(int epoch, double trainLoss, double trainAccuracy, double testLoss, double testAccuracy,
        double trainSeconds, double examplesPerSecond) {
}
