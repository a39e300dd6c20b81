package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.LossKernels;
import dev.sextant.engine.spi.Target;

/// Losses. Items are shared out in chunks of fixed size; their sums are combined in order.
interface SimdLoss extends LossKernels, SimdPointwise {

    @Override
    default Aux crossEntropy(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight, NDArray loss) {
        var items = new LossItems(spec, logits, target, weight);
        boolean each = spec.reduction() == Reduction.NONE;
        var to = each ? Dense.into(loss) : null;
        double[] partial = new double[items.chunks()];
        workers().run(items.chunks(), chunk -> {
            double[] row = new double[items.classes()];
            for (int i = items.first(chunk); i < items.first(chunk + 1); i++) {
                double value = items.loss(i, row);
                partial[chunk] += value;
                if (each) {
                    to.data()[to.start() + i] = (float) value;
                }
            }
        });
        if (each) {
            to.store(this);
        } else {
            double sum = 0;
            for (double p : partial) {
                sum += p;
            }
            fill(sum / items.divisor(), loss);
        }
        return null;
    }

    @Override
    default void crossEntropyBackward(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight,
            NDArray dloss, Aux aux, Target dlogits) {
        var items = new LossItems(spec, logits, target, weight);
        var up = Strides.of(Dense.of(dloss));
        var to = Dense.into(dlogits);
        boolean each = spec.reduction() == Reduction.NONE;
        double divisor = items.divisor();
        workers().run(items.chunks(), chunk -> {
            double[] row = new double[items.classes()];
            for (int i = items.first(chunk); i < items.first(chunk + 1); i++) {
                items.gradient(i, up.data()[up.base() + (each ? i : 0)] / divisor, row, to.data(), to.start());
            }
        });
        to.store(this);
    }

    @Override
    default void elementLoss(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray loss) {
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            LikelihoodLoss.forward(this, spec, input, target, weight, loss);
        } else {
            ElementLoops.forward(this, spec, input, target, weight, loss);
        }
    }

    @Override
    default void elementLossBackward(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray dloss, Target dinput, Target dtarget) {
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            LikelihoodLoss.backward(this, spec, input, target, weight, dloss, dinput);
            return;
        }
        if (dinput != null) {
            ElementLoops.backward(this, spec, input, target, weight, dloss, dinput, true);
        }
        if (dtarget != null) {
            ElementLoops.backward(this, spec, input, target, weight, dloss, dtarget, false);
        }
    }
}
