package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Target;

/// `−weight[target]·input[target]` of log-probabilities `[N, C]` or `[N, C, …]` and class indices; the mean divides by
/// the sum of the weights.
final class NllLoss {
    private NllLoss() {
    }

    static void forward(ElementLossSpec spec, NDArray inputs, NDArray targets, NDArray weights, NDArray losses) {
        Cells input = Cells.of(inputs);
        Cells target = Cells.of(targets);
        Cells weight = Cells.of(weights);
        Cells loss = Cells.of(losses);
        double sum = 0;
        double weightSum = 0;
        for (int item = 0; item < target.size(); item++) {
            int label = label(inputs, target, item);
            double w = weight == null ? 1 : weight.get(label);
            double value = -w * input.get(at(inputs, target, item, label));
            sum += value;
            weightSum += w;
            if (spec.reduction() == Reduction.NONE) {
                loss.set(item, value);
            }
        }
        if (spec.reduction() != Reduction.NONE) {
            loss.set(0, spec.reduction() == Reduction.MEAN ? sum / weightSum : sum);
        }
    }

    static void backward(ElementLossSpec spec, NDArray inputs, NDArray targets, NDArray weights, NDArray dlosses,
            Target dinput) {
        if (dinput == null) {
            return;
        }
        Cells target = Cells.of(targets);
        Cells weight = Cells.of(weights);
        Cells dloss = Cells.of(dlosses);
        double weightSum = 0;
        for (int item = 0; item < target.size(); item++) {
            weightSum += weight == null ? 1 : weight.get(label(inputs, target, item));
        }
        double divisor = spec.reduction() == Reduction.MEAN ? weightSum : 1;
        Sums dx = Sums.of(dinput);
        for (int item = 0; item < target.size(); item++) {
            int label = label(inputs, target, item);
            double w = weight == null ? 1 : weight.get(label);
            dx.add(at(inputs, target, item, label),
                    -w / divisor * dloss.get(spec.reduction() == Reduction.NONE ? item : 0));
        }
        dx.store();
    }

    private static int label(NDArray inputs, Cells target, int item) {
        return RefLoss.checkedLabel("nll_loss", (int) target.get(item), inputs.dim(1), item);
    }

    private static int at(NDArray inputs, Cells target, int item, int c) {
        int plane = target.size() / inputs.dim(0);
        return (item / plane * inputs.dim(1) + c) * plane + item % plane;
    }
}
