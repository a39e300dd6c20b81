package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.Reduction;

/// The items of a softmax cross-entropy: `loss = Σ_c q_c·(log Σ e^x − x_c)`, where the target weights `q` hold class
/// index or probabilities, class weights and smoothing.
final class LossItems {
    private static final int CHUNK = 32;

    private final CrossEntropySpec spec;
    private final Strides x;
    private final Strides probabilities;
    private final int[] labels;
    private final int labelBase;
    private final Vector1 weight;
    private final int classes;
    private final int count;
    private final int plane;

    LossItems(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight) {
        this.spec = spec;
        this.x = Strides.of(Dense.of(logits));
        this.weight = Vector1.of(weight);
        classes = logits.dim(1);
        count = (int) (logits.size() / Math.max(1, classes));
        plane = logits.dim(0) == 0 ? 1 : count / logits.dim(0);
        NDArray dense = Dense.of(target);
        probabilities = spec.probabilities() ? Strides.of(dense) : null;
        labels = spec.probabilities() ? null : HostStorage.ints(dense);
        labelBase = HostStorage.start(dense);
    }

    int classes() {
        return classes;
    }

    int chunks() {
        return Math.ceilDiv(count, CHUNK);
    }

    int first(int chunk) {
        return Math.min(count, chunk * CHUNK);
    }

    /// What the sum is divided by: for a mean over class indices, the weights of the labels that count.
    double divisor() {
        if (spec.reduction() != Reduction.MEAN) {
            return 1;
        }
        if (spec.probabilities()) {
            return count;
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += ignored(i) ? 0 : weight.get(label(i), 1);
        }
        return sum;
    }

    private boolean ignored(int item) {
        return !spec.probabilities() && labels[labelBase + item] == spec.ignoreIndex();
    }

    private int label(int item) {
        int label = labels[labelBase + item];
        if (label < 0 || label >= classes) {
            throw new DataException("cross_entropy: label %d of item %d is outside 0..%d, the classes of the logits",
                    label, item, classes - 1);
        }
        return label;
    }

    private DataException notANumber(int item, int c) {
        return new DataException("cross_entropy: the target probability (or weight) of class %d of item %d is NaN; "
                + "clean the targets", c, item);
    }

    private int place(int item, int c) {
        return (item / plane * classes + c) * plane + item % plane;
    }

    /// `row[c] = x_c − max`, and returns `log Σ e^(x − max)`.
    private double shift(int item, double[] row) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            row[c] = x.data()[x.base() + place(item, c)];
            max = Math.max(max, row[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            row[c] -= max;
            sum += Math.exp(row[c]);
        }
        return Math.log(sum);
    }

    private double target(int item, int c, int label) {
        double wanted = label < 0 ? probabilities.data()[probabilities.base() + place(item, c)] : label == c ? 1 : 0;
        double smooth = spec.labelSmoothing();
        return weight.get(c, 1) * ((1 - smooth) * wanted + smooth / classes);
    }

    double loss(int item, double[] row) {
        if (ignored(item)) {
            return 0;
        }
        int label = spec.probabilities() ? -1 : label(item);
        double logSum = shift(item, row);
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            double q = target(item, c, label);
            if (Double.isNaN(q)) {
                throw notANumber(item, c);
            }
            // a class that does not count adds nothing, though its logit may be infinite
            sum += q == 0 ? 0 : q * (logSum - row[c]);
        }
        return sum;
    }

    /// `∂loss/∂x_c = (p_c·Σq − q_c)·upstream`.
    void gradient(int item, double upstream, double[] row, float[] to, int start) {
        if (ignored(item)) {
            for (int c = 0; c < classes; c++) {
                to[start + place(item, c)] = 0;
            }
            return;
        }
        int label = spec.probabilities() ? -1 : label(item);
        double logSum = shift(item, row);
        double total = 0;
        for (int c = 0; c < classes; c++) {
            total += target(item, c, label);
        }
        for (int c = 0; c < classes; c++) {
            double p = Math.exp(row[c] - logSum);
            to[start + place(item, c)] = (float) ((p * total - target(item, c, label)) * upstream);
        }
    }
}
