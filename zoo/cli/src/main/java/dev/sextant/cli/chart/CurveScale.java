package dev.sextant.cli.chart;

import dev.sextant.cli.run.History;
import dev.sextant.cli.run.TrainPoint;

/// Size and axes of a curve. The x axis spans the whole training from the start, so that the curve grows into its
/// frame; the y axis holds accuracies (0..1) and the loss, cut off where a diverging loss would flatten the rest.
///
/// @param xMax  epochs
/// @param xStep distance of the x axis's numbers
/// @param yMax  end of the y axis
/// @param yStep distance of the y axis's numbers
record CurveScale(double xMax, double xStep, double yMax, double yStep) {
    /// Nominal size in pixels.
    static final int WIDTH = 640;
    static final int HEIGHT = 400;
    private static final double LOSS_LIMIT = 5;

    static CurveScale of(int epochs, History history) {
        double top = 1;
        for (TrainPoint p : history.points()) {
            if (Double.isFinite(p.loss())) {
                top = Math.max(top, Math.min(p.loss(), LOSS_LIMIT));
            }
        }
        double yStep = step(top, 6);
        return new CurveScale(Math.max(1, epochs), Math.max(epochs == 1 ? 0.2 : 1, step(epochs, 10)),
                Math.ceil(top * 1.04 / yStep) * yStep, yStep);
    }

    /// The smallest of 1, 2, 2.5, 5 × 10ⁿ that cuts `extent` into at most `parts`.
    private static double step(double extent, int parts) {
        double least = extent / parts;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
