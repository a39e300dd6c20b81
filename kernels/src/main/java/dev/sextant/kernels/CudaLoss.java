package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.dense;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.LossKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;

/// Launches `loss.cu`; sums over items come from `reduce.cu`.
interface CudaLoss extends LossKernels, CudaFamily {
    /// Threads of a block: four items, a warp each.
    int THREADS = 128;
    /// Items of a block.
    int PER_BLOCK = 4;

    /// What the sum over the items was divided by.
    record Divisor(NDArray value) implements Aux {
    }

    private static int[] items(NDArray x, int ignored) {
        int classes = x.dim(1);
        int items = (int) (x.size() / classes);
        return new int[] {items, classes, x.dim(0) == 0 ? 1 : items / x.dim(0), ignored};
    }

    private static NDArray one(NDArray like, double value) {
        return NDArray.full(dev.sextant.engine.Shape.of(1), value, dev.sextant.engine.DType.FLOAT32, like.device());
    }

    /// Labels come with the batch, so they are looked at on the host, where a wrong one can be named.
    private static void checkLabels(String op, NDArray labels, int classes, boolean mayIgnore, int ignored) {
        int[] values = CudaStorage.ints(labels);
        for (int item = 0; item < values.length; item++) {
            if ((values[item] < 0 || values[item] >= classes) && !(mayIgnore && values[item] == ignored)) {
                throw new DataException("%s: label %d of item %d is outside 0..%d, the classes of the logits", op,
                        values[item], item, classes - 1);
            }
        }
    }

    @Override
    default Aux crossEntropy(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight, NDArray loss) {
        if (!spec.probabilities()) {
            checkLabels("cross_entropy", target, logits.dim(1), true, spec.ignoreIndex());
        }
        NDArray x = floats("cross_entropy", logits);
        NDArray aims = spec.probabilities() ? floats("cross_entropy", target) : dense(target);
        NDArray weights = floats("cross_entropy", weight);
        int[] items = items(logits, spec.ignoreIndex());
        NDArray value = CudaReduce.scratch(logits, items[0]);
        NDArray counted = CudaReduce.scratch(logits, items[0]);
        launcher().blocks("loss", "cross_entropy", Math.min(4096, Math.ceilDiv(items[0], PER_BLOCK)), THREADS,
                LaunchParameters.begin().struct(items).float32((float) spec.labelSmoothing()).pointer(at(x))
                        .pointer(spec.probabilities() ? 0 : at(aims)).pointer(spec.probabilities() ? at(aims) : 0)
                        .pointer(at(weights)).pointer(at(value)).pointer(at(counted)),
                x, aims, weights, value, counted);
        NDArray divisor;
        if (spec.reduction() != Reduction.MEAN) {
            divisor = one(logits, 1);
        } else if (spec.probabilities()) {
            divisor = one(logits, items[0]);
        } else {
            divisor = total(counted);
        }
        finish(spec.reduction(), value, divisor, loss);
        return new Divisor(divisor);
    }

    private NDArray total(NDArray values) {
        NDArray sum = CudaReduce.scratch(values, 1);
        CudaReduce.sum(launcher(), dev.sextant.kernels.Reduction.of("loss", values.shape(), axis -> true), values, sum,
                0);
        return sum;
    }

    /// From the items' values to the loss.
    private void finish(Reduction reduction, NDArray value, NDArray divisor, NDArray loss) {
        if (reduction == Reduction.NONE) {
            value.device().kernels().copy(value.reshape(loss.shape().dims()), loss, Write.SET);
            return;
        }
        NDArray sum = total(value);
        launcher().into(loss, Write.SET, (to, add) -> launcher().blocks("loss", "quotient", 1, 1,
                LaunchParameters.begin().pointer(at(sum)).pointer(at(divisor)).pointer(at(to)), sum, divisor, to));
    }

    @Override
    default void crossEntropyBackward(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight,
            NDArray dloss, Aux aux, Target dlogits) {
        NDArray x = floats("cross_entropy", logits);
        NDArray aims = spec.probabilities() ? floats("cross_entropy", target) : dense(target);
        NDArray weights = floats("cross_entropy", weight);
        NDArray upstream = floats("cross_entropy", dloss);
        NDArray divisor = ((Divisor) aux).value;
        int[] items = items(logits, spec.ignoreIndex());
        launcher().into(dlogits, (to, add) -> launcher().blocks("loss", "cross_entropy_backward",
                Math.min(4096, Math.ceilDiv(items[0], PER_BLOCK)), THREADS,
                LaunchParameters.begin().struct(items).float32((float) spec.labelSmoothing()).pointer(at(x))
                        .pointer(spec.probabilities() ? 0 : at(aims)).pointer(spec.probabilities() ? at(aims) : 0)
                        .pointer(at(weights)).pointer(at(upstream))
                        .int32(spec.reduction() == Reduction.NONE ? 1 : 0).pointer(at(divisor)).pointer(at(to))
                        .int32(add),
                x, aims, weights, upstream, divisor, to));
    }

    @Override
    default void elementLoss(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray loss) {
        NDArray x = floats(spec.opName(), input);
        NDArray weights = floats(spec.opName(), weight);
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            checkLabels("nll_loss", target, input.dim(1), false, 0);
            NDArray labels = dense(target);
            NDArray value = CudaReduce.scratch(input, (int) target.size());
            NDArray counted = likelihood(spec, x, labels, weights, value);
            finish(spec.reduction(), value, spec.reduction() == Reduction.MEAN ? total(counted) : one(input, 1), loss);
            return;
        }
        NDArray t = floats(spec.opName(), target);
        NDArray value = CudaReduce.scratch(input, (int) input.size());
        launcher().elements("loss", "element_loss", input.size(), LaunchParameters.begin()
                .int32(spec.kind().ordinal()).float32((float) spec.parameter()).pointer(at(x)).pointer(at(t))
                .pointer(at(weights)).int32(weights == null ? 1 : (int) weights.size()).pointer(at(value))
                .int32((int) input.size()), x, t, weights, value);
        finish(spec.reduction(), value, one(input, spec.reduction() == Reduction.MEAN ? input.size() : 1), loss);
    }

    /// Writes the items' values; returns their weights.
    private NDArray likelihood(ElementLossSpec spec, NDArray x, NDArray labels, NDArray weights, NDArray value) {
        int[] items = items(x, 0);
        NDArray counted = CudaReduce.scratch(x, items[0]);
        launcher().elements("loss", "likelihood", items[0], LaunchParameters.begin().struct(items).pointer(at(x))
                .pointer(at(labels)).pointer(at(weights)).pointer(at(value)).pointer(at(counted)), x, labels, weights,
                value, counted);
        return counted;
    }

    @Override
    default void elementLossBackward(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray dloss, Target dinput, Target dtarget) {
        NDArray x = floats(spec.opName(), input);
        NDArray weights = floats(spec.opName(), weight);
        NDArray upstream = floats(spec.opName(), dloss);
        int perItem = spec.reduction() == Reduction.NONE ? 1 : 0;
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            NDArray labels = dense(target);
            NDArray divisor = spec.reduction() == Reduction.MEAN
                    ? total(likelihood(spec, x, labels, weights, CudaReduce.scratch(input, (int) target.size())))
                    : one(input, 1);
            launcher().into(dinput, (to, add) -> launcher().elements("loss", "likelihood_backward", to.size(),
                    LaunchParameters.begin().struct(items(x, 0)).pointer(at(labels)).pointer(at(weights))
                            .pointer(at(upstream)).int32(perItem).pointer(at(divisor)).pointer(at(to)).int32(add),
                    labels, weights, upstream, divisor, to));
            return;
        }
        NDArray t = floats(spec.opName(), target);
        float scale = spec.reduction() == Reduction.MEAN ? (float) (1.0 / input.size()) : 1;
        for (Target wanted : new Target[] {dinput, dtarget}) {
            int ofTarget = wanted == dtarget ? 1 : 0;
            launcher().into(wanted, (to, add) -> launcher().elements("loss", "element_loss_backward", to.size(),
                    LaunchParameters.begin().int32(spec.kind().ordinal()).float32((float) spec.parameter())
                            .int32(ofTarget).pointer(at(x)).pointer(at(t)).pointer(at(weights))
                            .int32(weights == null ? 1 : (int) weights.size()).pointer(at(upstream)).int32(perItem)
                            .float32(scale).pointer(at(to)).int32((int) to.size()).int32(add),
                    x, t, weights, upstream, to));
        }
    }
}
