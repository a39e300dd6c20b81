package dev.sextant.cli.chart;

/// The three lines of a training curve and how they look; told apart by dashes too, not by colour alone.
public enum CurveLine {
    /// Mean loss of the epoch's steps so far.
    TRAIN_LOSS("train loss", "#1f77b4"),
    /// Share of the epoch's examples so far that were classified correctly.
    TRAIN_ACCURACY("train acc", "#b5179e", 7, 4),
    /// Share of the test examples classified correctly after an epoch.
    TEST_ACCURACY("test acc", "#2a9d3f", 9, 3, 2, 3);

    private final String label;
    private final String color;
    private final float[] dashes;

    CurveLine(String label, String color, float... dashes) {
        this.label = label;
        this.color = color;
        this.dashes = dashes;
    }

    String label() {
        return label;
    }

    /// `#rrggbb`.
    String color() {
        return color;
    }

    /// Lengths of dash, gap, dash, …; null for a solid line.
    float[] dashes() {
        return dashes.length == 0 ? null : dashes.clone();
    }
}
