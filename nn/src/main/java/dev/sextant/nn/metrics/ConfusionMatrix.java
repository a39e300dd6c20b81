package dev.sextant.nn.metrics;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/// How often each class was taken for each other one, and what follows from it. Rows are true classes, columns
/// predictions.
///
/// With `TP` right answers for a class, `FP` others taken for it and `FN` of it taken for others: precision =
/// `TP/(TP + FP)`, recall = `TP/(TP + FN)`, F1 = `2·TP/(2·TP + FP + FN)`. A quotient 0/0 counts as 0, as scikit-learn
/// does it.
public final class ConfusionMatrix {
    private final long[][] counts;

    /// @param classes number of classes
    public ConfusionMatrix(int classes) {
        if (classes < 1) {
            throw new SextantException("confusion matrix: the number of classes must be at least 1, but is %d",
                    classes);
        }
        counts = new long[classes][classes];
    }

    /// Counts one answer.
    public void add(int truth, int predicted) {
        if (truth < 0 || truth >= counts.length || predicted < 0 || predicted >= counts.length) {
            throw new SextantException("confusion matrix: truth %d and prediction %d must lie in 0..%d", truth,
                    predicted, counts.length - 1);
        }
        counts[truth][predicted]++;
    }

    /// Counts a batch.
    ///
    /// @param scores `[N, classes]`: the largest score is the prediction, the first one at a tie
    /// @param labels int32 `[N]`
    public void add(NDArray scores, NDArray labels) {
        if (scores.rank() != 2 || scores.dim(1) != counts.length) {
            throw new ShapeException("confusion matrix: scores must be [N, %d], but are %s", counts.length,
                    scores.shape());
        }
        Classification.requirePair(scores, labels);
        int[] best = Classification.argmax(scores);
        int[] truth = labels.toInts();
        for (int n = 0; n < truth.length; n++) {
            add(truth[n], best[n]);
        }
    }

    /// Number of classes.
    public int classes() {
        return counts.length;
    }

    /// How often `truth` was taken for `predicted`.
    public long count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /// Number of answers counted.
    public long total() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    /// Share of right answers.
    public double accuracy() {
        long right = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
        }
        return ratio(right, total());
    }

    /// Of the answers "class c", the share that is right.
    public double precision(int c) {
        return ratio(counts[c][c], predicted(c));
    }

    /// Of the examples of class c, the share that is found.
    public double recall(int c) {
        return ratio(counts[c][c], support(c));
    }

    /// Harmonic mean of precision and recall of class c.
    public double f1(int c) {
        return ratio(2 * counts[c][c], predicted(c) + support(c));
    }

    /// Mean of all classes' precision, each counting alike.
    public double macroPrecision() {
        return mean(this::precision);
    }

    /// Mean of all classes' recall.
    public double macroRecall() {
        return mean(this::recall);
    }

    /// Mean of all classes' F1.
    public double macroF1() {
        return mean(this::f1);
    }

    /// Number of examples of class c.
    public long support(int c) {
        return Arrays.stream(counts[c]).sum();
    }

    private long predicted(int c) {
        return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
    }

    private double mean(IntToDoubleFunction measure) {
        double sum = 0;
        for (int c = 0; c < counts.length; c++) {
            sum += measure.applyAsDouble(c);
        }
        return sum / counts.length;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /// A table of precision, recall, F1 and support per class, with the means and the accuracy at the end.
    ///
    /// @param names of the classes, as many as there are
    public String report(List<String> names) {
        if (names.size() != counts.length) {
            throw new SextantException("confusion matrix: %d class names for %d classes", names.size(), counts.length);
        }
        int width = Math.max(8, names.stream().mapToInt(String::length).max().orElse(0));
        String row = "%-" + width + "s  %9.3f %9.3f %9.3f %9d%n";
        var out = new StringBuilder(String.format(Locale.ROOT, "%-" + width + "s  %9s %9s %9s %9s%n", "", "precision",
                "recall", "f1", "support"));
        for (int c = 0; c < counts.length; c++) {
            out.append(String.format(Locale.ROOT, row, names.get(c), precision(c), recall(c), f1(c), support(c)));
        }
        out.append(String.format(Locale.ROOT, row, "macro", macroPrecision(), macroRecall(), macroF1(), total()));
        return out.append(String.format(Locale.ROOT, "accuracy %.3f%n", accuracy())).toString();
    }

    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}
