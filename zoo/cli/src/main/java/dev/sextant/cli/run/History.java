package dev.sextant.cli.run;

import java.util.List;

/// Everything recorded of a run so far, in order of steps; immutable.
public record History(List<TrainPoint> points, List<EpochPoint> epochs) {
    /// Nothing yet.
    public static final History EMPTY = new History(List.of(), List.of());

    public History {
        points = List.copyOf(points);
        epochs = List.copyOf(epochs);
    }
}
