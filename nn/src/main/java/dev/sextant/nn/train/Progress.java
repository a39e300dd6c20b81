package dev.sextant.nn.train;

/// Where a training stands after one step.
///
/// @param epoch             the current epoch, counted from 1
/// @param epochs            how many epochs the training runs
/// @param step              steps done in this epoch, counted from 1
/// @param stepsPerEpoch     steps of one epoch
/// @param globalStep        steps done since the training began, over all epochs and resumptions
/// @param loss              mean training loss over this epoch so far
/// @param accuracy          share of this epoch's training examples classified correctly so far, 0..1
/// @param examplesPerSecond training speed over this epoch so far
public record Progress(int epoch, int epochs, int step, int stepsPerEpoch, long globalStep, double loss,
        double accuracy, double examplesPerSecond) {
}
