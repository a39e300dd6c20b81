package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// `−weight[t]·x[t]` of log-probabilities and class indices; the mean divides by the sum of the weights.
final class LikelihoodLoss {
    private LikelihoodLoss() {
    }

    static void forward(SimdPointwise kernels, ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray loss) {
        var x = Strides.of(Dense.of(input));
        var labels = new Labels(input, target);
        Vector1 w = Vector1.of(weight);
        boolean each = spec.reduction() == Reduction.NONE;
        var to = each ? Dense.into(loss) : null;
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < labels.count; i++) {
            int label = labels.at(i);
            double value = -w.get(label, 1) * (double) x.data()[x.base() + labels.place(i, label)];
            sum += value;
            weights += w.get(label, 1);
            if (each) {
                to.data()[to.start() + i] = (float) value;
            }
        }
        if (each) {
            to.store(kernels);
        } else {
            kernels.fill(spec.reduction() == Reduction.MEAN ? sum / weights : sum, loss);
        }
    }

    static void backward(SimdPointwise kernels, ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray dloss, Target dinput) {
        if (dinput == null) {
            return;
        }
        var labels = new Labels(input, target);
        Vector1 w = Vector1.of(weight);
        var up = Strides.of(Dense.of(dloss));
        var to = Dense.into(dinput);
        boolean each = spec.reduction() == Reduction.NONE;
        double weights = 0;
        for (int i = 0; i < labels.count; i++) {
            weights += w.get(labels.at(i), 1);
        }
        double divisor = spec.reduction() == Reduction.MEAN ? weights : 1;
        Arrays.fill(to.data(), to.start(), to.start() + (int) input.size(), 0);
        for (int i = 0; i < labels.count; i++) {
            int label = labels.at(i);
            to.data()[to.start() + labels.place(i, label)] = (float) (-w.get(label, 1) / divisor
                    * up.data()[up.base() + (each ? i : 0)]);
        }
        to.store(kernels);
    }

    private static final class Labels {
        final int count;
        private final int classes;
        private final int plane;
        private final int[] values;
        private final int base;

        Labels(NDArray input, NDArray target) {
            NDArray dense = Dense.of(target);
            values = HostStorage.ints(dense);
            base = HostStorage.start(dense);
            count = (int) target.size();
            classes = input.dim(1);
            plane = input.dim(0) == 0 ? 1 : count / input.dim(0);
        }

        int at(int item) {
            int label = values[base + item];
            if (label < 0 || label >= classes) {
                throw new DataException("nll_loss: label %d of item %d is outside 0..%d, the classes of the input",
                        label, item, classes - 1);
            }
            return label;
        }

        int place(int item, int c) {
            return (item / plane * classes + c) * plane + item % plane;
        }
    }
}
