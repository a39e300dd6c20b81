package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.LossKernels;
import dev.sextant.engine.spi.Target;

/// Losses. Cross-entropy of any kind is `−Σ_c q_c·log p_c` per item: class indices, class weights, smoothing and
/// ignored labels only decide the `q` ([Aim]).
interface RefLoss extends LossKernels {

    @Override
    default Aux crossEntropy(CrossEntropySpec spec, NDArray logits, NDArray targets, NDArray weights, NDArray losses) {
        var aim = new Aim(spec, logits, targets, weights);
        Cells loss = Cells.of(losses);
        double sum = 0;
        for (int item = 0; item < aim.items; item++) {
            double[] x = aim.logits(item);
            double[] q = aim.q(item);
            double logSum = Reducers.logSumExp(x);
            double value = 0;
            for (int c = 0; c < aim.classes; c++) {
                if (Double.isNaN(q[c])) {
                    throw new DataException("cross_entropy: the target probability (or weight) of class %d of item %d "
                            + "is NaN; clean the targets", c, item);
                }
                // A class that does not count adds nothing, though its logit may be infinite.
                value += q[c] == 0 ? 0 : q[c] * (logSum - x[c]);
            }
            sum += value;
            if (spec.reduction() == Reduction.NONE) {
                loss.set(item, value);
            }
        }
        if (spec.reduction() != Reduction.NONE) {
            loss.set(0, sum / aim.divisor());
        }
        return null;
    }

    /// `∂loss/∂x_c = (p_c·Σq − q_c)·dloss`.
    @Override
    default void crossEntropyBackward(CrossEntropySpec spec, NDArray logits, NDArray targets, NDArray weights,
            NDArray dlosses, Aux aux, Target target) {
        var aim = new Aim(spec, logits, targets, weights);
        Cells dloss = Cells.of(dlosses);
        Sums dx = Sums.of(target);
        double divisor = aim.divisor();
        for (int item = 0; item < aim.items; item++) {
            double[] x = aim.logits(item);
            double[] q = aim.q(item);
            double total = java.util.Arrays.stream(q).sum();
            double logSum = Reducers.logSumExp(x);
            double upstream = dloss.get(spec.reduction() == Reduction.NONE ? item : 0) / divisor;
            for (int c = 0; c < aim.classes && total != 0; c++) {
                dx.add(aim.at(item, c), (Math.exp(x[c] - logSum) * total - q[c]) * upstream);
            }
        }
        dx.store();
    }

    @Override
    default void elementLoss(ElementLossSpec spec, NDArray inputs, NDArray targets, NDArray weights, NDArray losses) {
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            NllLoss.forward(spec, inputs, targets, weights, losses);
            return;
        }
        Cells input = Cells.of(inputs);
        Cells target = Cells.of(targets);
        Cells weight = Cells.of(weights);
        Cells loss = Cells.of(losses);
        double sum = 0;
        for (int i = 0; i < input.size(); i++) {
            double value = ElementLosses.value(spec, input.get(i), target.get(i), positive(weight, i));
            sum += value;
            if (spec.reduction() == Reduction.NONE) {
                loss.set(i, value);
            }
        }
        if (spec.reduction() != Reduction.NONE) {
            loss.set(0, spec.reduction() == Reduction.MEAN ? sum / input.size() : sum);
        }
    }

    @Override
    default void elementLossBackward(ElementLossSpec spec, NDArray inputs, NDArray targets, NDArray weights,
            NDArray dlosses, Target targetInput, Target targetTarget) {
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            NllLoss.backward(spec, inputs, targets, weights, dlosses, targetInput);
            return;
        }
        Cells input = Cells.of(inputs);
        Cells target = Cells.of(targets);
        Cells weight = Cells.of(weights);
        Cells dloss = Cells.of(dlosses);
        double divisor = spec.reduction() == Reduction.MEAN ? input.size() : 1;
        Sums dinput = targetInput == null ? null : Sums.of(targetInput);
        Sums dtarget = targetTarget == null ? null : Sums.of(targetTarget);
        for (int i = 0; i < input.size(); i++) {
            double upstream = dloss.get(spec.reduction() == Reduction.NONE ? i : 0) / divisor;
            double p = positive(weight, i);
            if (dinput != null) {
                dinput.add(i, upstream * ElementLosses.slopeInput(spec, input.get(i), target.get(i), p));
            }
            if (dtarget != null) {
                dtarget.add(i, upstream * ElementLosses.slopeTarget(spec, input.get(i), target.get(i), p));
            }
        }
        if (dinput != null) {
            dinput.store();
        }
        if (dtarget != null) {
            dtarget.store();
        }
    }

    /// The weight of the positive class for element `i`: one per position of the last axis.
    private static double positive(Cells weight, int i) {
        return weight == null ? 1 : weight.get(i % weight.size());
    }

    /// What every item of a cross-entropy aims at.
    final class Aim {
        final int items;
        final int classes;
        private final CrossEntropySpec spec;
        private final Cells logits;
        private final Cells target;
        private final Cells weight;
        private final int plane;

        Aim(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight) {
            this.spec = spec;
            this.logits = Cells.of(logits);
            this.target = Cells.of(target);
            this.weight = Cells.of(weight);
            classes = logits.dim(1);
            items = (int) (logits.size() / classes);
            plane = logits.dim(0) == 0 ? 1 : items / logits.dim(0);
        }

        /// Row-major index of class `c` of an item in the logits.
        int at(int item, int c) {
            return (item / plane * classes + c) * plane + item % plane;
        }

        double[] logits(int item) {
            double[] x = new double[classes];
            java.util.Arrays.setAll(x, c -> logits.get(at(item, c)));
            return x;
        }

        private double weight(int c) {
            return weight == null ? 1 : weight.get(c);
        }

        /// Target weights of the classes: `w_c·((1 − ε)·target_c + ε/C)`, all zero for an ignored item.
        double[] q(int item) {
            double[] q = new double[classes];
            if (!spec.probabilities() && ignored(item)) {
                return q;
            }
            double smooth = spec.labelSmoothing();
            for (int c = 0; c < classes; c++) {
                double wanted = spec.probabilities() ? target.get(at(item, c)) : label(item) == c ? 1 : 0;
                q[c] = weight(c) * ((1 - smooth) * wanted + smooth / classes);
            }
            return q;
        }

        /// What the sum is divided by: for the mean over class indices, the weights of the labels that count.
        double divisor() {
            if (spec.reduction() != Reduction.MEAN) {
                return 1;
            }
            if (spec.probabilities()) {
                return items;
            }
            double sum = 0;
            for (int item = 0; item < items; item++) {
                sum += ignored(item) ? 0 : weight(label(item));
            }
            return sum;
        }

        private boolean ignored(int item) {
            return (int) target.get(item) == spec.ignoreIndex();
        }

        private int label(int item) {
            return checkedLabel("cross_entropy", (int) target.get(item), classes, item);
        }
    }

    /// The label if it names a class.
    static int checkedLabel(String op, int label, int classes, int item) {
        if (label < 0 || label >= classes) {
            throw new DataException("%s: label %d of item %d is outside 0..%d, the classes of the logits", op, label,
                    item, classes - 1);
        }
        return label;
    }
}
