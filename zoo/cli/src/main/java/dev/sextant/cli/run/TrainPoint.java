package dev.sextant.cli.run;

/// One of the five points that an epoch leaves on the training curve.
///
/// @param step              global step, counted from 1
/// @param epoch             position on the time axis, in epochs: 1.4 is two fifths through the second
/// @param loss              mean training loss over the epoch so far
/// @param accuracy          training accuracy over the epoch so far, 0..1
/// @param examplesPerSecond training speed over the epoch so far
public record TrainPoint(long step, double epoch, double loss, double accuracy, double examplesPerSecond) {
}
