package dev.sextant.nn.metrics;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.ShapeException;

/// Counts of right answers in a batch of scores `[N, classes]` against labels int32 `[N]`.
public final class Classification {
    private Classification() {
    }

    /// Share of examples whose largest score is the label's.
    public static double accuracy(NDArray scores, NDArray labels) {
        return topK(scores, labels, 1);
    }

    /// Share of examples whose label is among the `k` largest scores. Among equal scores the lower class is the
    /// larger one; a score that is NaN is never among them.
    public static double topK(NDArray scores, NDArray labels, int k) {
        requirePair(scores, labels);
        int classes = scores.dim(1);
        if (k < 1 || k > classes) {
            throw new ShapeException("top-k: k = %d must lie in 1..%d, the number of classes of scores %s", k, classes,
                    scores.shape());
        }
        float[] s = scores.toFloats();
        int[] truth = labels.toInts();
        int hits = 0;
        for (int n = 0; n < truth.length; n++) {
            if (truth[n] < 0 || truth[n] >= classes) {
                throw new ShapeException("top-k: label %d of example %d must lie in 0..%d", truth[n], n, classes - 1);
            }
            float own = s[n * classes + truth[n]];
            int ahead = 0;
            for (int c = 0; c < classes; c++) {
                float other = s[n * classes + c];
                ahead += other > own || (other == own && c < truth[n]) ? 1 : 0;
            }
            hits += ahead < k && !Float.isNaN(own) ? 1 : 0;
        }
        return truth.length == 0 ? 0 : (double) hits / truth.length;
    }

    /// The class of the largest score of every example, the first one at a tie.
    ///
    /// @param scores `[N, classes]`: logits or probabilities
    public static int[] argmax(NDArray scores) {
        if (scores.rank() != 2) {
            throw new ShapeException("classification: scores must be [N, classes], but are %s", scores.shape());
        }
        float[] s = scores.toFloats();
        int classes = scores.dim(1);
        int[] best = new int[scores.dim(0)];
        for (int n = 0; n < best.length; n++) {
            for (int c = 1; c < classes; c++) {
                best[n] = s[n * classes + c] > s[n * classes + best[n]] ? c : best[n];
            }
        }
        return best;
    }

    static void requirePair(NDArray scores, NDArray labels) {
        if (scores.rank() != 2 || labels.rank() != 1 || scores.dim(0) != labels.dim(0)) {
            throw new ShapeException("classification: scores must be [N, classes] and labels [N], but they are %s and "
                    + "%s", scores.shape(), labels.shape());
        }
    }
}
