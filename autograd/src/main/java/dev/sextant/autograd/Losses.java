package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;

/// Losses.
public final class Losses {
    private Losses() {
    }

    /// Softmax cross-entropy `−Σ_c q_c·log softmax(x)_c`; its gradient is `softmax(x)·Σq − q`.
    ///
    /// @param logits `[N, C]` or `[N, C, …]`
    /// @param target int32 class indices `[N, …]`, or probabilities shaped like the logits
    /// @param weight class weights `[C]`, or null
    public static Var crossEntropy(CrossEntropySpec spec, Var logits, NDArray target, NDArray weight) {
        String op = spec.opName();
        Shape out = spec.outputShape(logits.shape(), target.shape());
        var kernels = Op.kernels(spec, logits);
        logits.value().requireSameDevice(op, target.requireLive(op));
        if (spec.probabilities()) {
            Checks.floating(op, logits.value(), target);
        } else {
            Checks.integers(op, "target", target);
        }
        classWeights(op, logits, weight);
        NDArray loss = Op.result(spec, out, logits.value());
        Aux aux = kernels.crossEntropy(spec, logits.value(), target, weight, loss);
        if (!Var.wantsGrad(logits)) {
            return Var.of(loss);
        }
        var grad = new CrossEntropyGrad(spec, Saved.of(logits.value()), Saved.of(target),
                Saved.when(weight != null, weight), aux);
        return Var.result(spec, loss, grad, logits);
    }

    record CrossEntropyGrad(CrossEntropySpec spec, Saved logits, Saved target, Saved weight, Aux aux)
            implements Pullback {
        @Override
        public void pull(NDArray dloss, Sink sink) {
            String op = spec.opName();
            dloss.device().kernels().crossEntropyBackward(spec, logits.get(op), target.get(op), Saved.get(weight, op),
                    dloss, aux, sink.target(0));
        }
    }

    /// Cross-entropy with class indices, averaged over the batch.
    public static Var crossEntropy(Var logits, NDArray target) {
        return crossEntropy(CrossEntropySpec.MEAN, logits, target, null);
    }

    /// Mean of `(input − target)²`.
    public static Var mse(Var input, Var target) {
        return mse(Reduction.MEAN, input, target);
    }

    /// `(input − target)²`.
    public static Var mse(Reduction reduction, Var input, Var target) {
        return elementLoss(new ElementLossSpec(ElementLossSpec.Kind.MSE, reduction, 0), input, target, null);
    }

    /// `|input − target|`.
    public static Var l1(Reduction reduction, Var input, Var target) {
        return elementLoss(new ElementLossSpec(ElementLossSpec.Kind.L1, reduction, 0), input, target, null);
    }

    /// Squared below `beta`, linear above, slope 1.
    public static Var smoothL1(Reduction reduction, double beta, Var input, Var target) {
        return elementLoss(new ElementLossSpec(ElementLossSpec.Kind.SMOOTH_L1, reduction, beta), input, target, null);
    }

    /// Squared up to `delta`, linear above, slope `delta`.
    public static Var huber(Reduction reduction, double delta, Var input, Var target) {
        return elementLoss(new ElementLossSpec(ElementLossSpec.Kind.HUBER, reduction, delta), input, target, null);
    }

    /// Binary cross-entropy of logits against probabilities.
    ///
    /// @param positiveWeight weight of the positive class per position of the last axis, or null
    public static Var bceWithLogits(Reduction reduction, Var input, Var target, NDArray positiveWeight) {
        var spec = new ElementLossSpec(ElementLossSpec.Kind.BCE_WITH_LOGITS, reduction, 0);
        if (positiveWeight != null) {
            int last = input.shape().rank() == 0 ? 1 : input.shape().dim(-1);
            Checks.same(spec.opName(), "positiveWeight", positiveWeight.shape(), Shape.of(last),
                    "one per position of the last axis of " + input.shape());
        }
        return elementLoss(spec, input, target, positiveWeight);
    }

    /// Any loss that compares two floating arrays element by element.
    ///
    /// @param weight positive weights of [ElementLossSpec.Kind#BCE_WITH_LOGITS], or null
    public static Var elementLoss(ElementLossSpec spec, Var input, Var target, NDArray weight) {
        if (spec.kind() == ElementLossSpec.Kind.NLL) {
            throw new DTypeException("nll_loss: the target holds class indices, not a Var; use Losses.nll");
        }
        Shape out = spec.outputShape(input.shape(), target.shape());
        var kernels = Op.kernels(spec, input, target);
        weights(spec.opName(), input, weight);
        NDArray loss = Op.result(spec, out, input.value());
        kernels.elementLoss(spec, input.value(), target.value(), weight, loss);
        if (!Var.wantsGrad(input, target)) {
            return Var.of(loss);
        }
        var grad = new ElementGrad(spec, Saved.of(input.value()), Saved.of(target.value()),
                Saved.when(weight != null, weight));
        return Var.result(spec, loss, grad, input, target);
    }

    /// `−weight[target]·input[target]` of log-probabilities; the mean divides by the sum of the weights.
    ///
    /// @param input  `[N, C]` or `[N, C, …]`
    /// @param target int32 class indices `[N, …]`
    /// @param weight class weights `[C]`, or null
    public static Var nll(Reduction reduction, Var input, NDArray target, NDArray weight) {
        var spec = new ElementLossSpec(ElementLossSpec.Kind.NLL, reduction, 0);
        String op = spec.opName();
        Shape out = spec.outputShape(input.shape(), target.shape());
        var kernels = Op.kernels(spec, input);
        Checks.integers(op, "target", target.requireLive(op));
        input.value().requireSameDevice(op, target);
        classWeights(op, input, weight);
        NDArray loss = Op.result(spec, out, input.value());
        kernels.elementLoss(spec, input.value(), target, weight, loss);
        if (!Var.wantsGrad(input)) {
            return Var.of(loss);
        }
        var grad = new ElementGrad(spec, Saved.of(input.value()), Saved.of(target), Saved.when(weight != null, weight));
        return Var.result(spec, loss, grad, input, null);
    }

    record ElementGrad(ElementLossSpec spec, Saved input, Saved target, Saved weight) implements Pullback {
        @Override
        public void pull(NDArray dloss, Sink sink) {
            String op = spec.opName();
            Target dinput = sink.target(0);
            Target dtarget = sink.target(1);
            dloss.device().kernels().elementLossBackward(spec, input.get(op), target.get(op), Saved.get(weight, op),
                    dloss, dinput, dtarget);
        }
    }

    private static void classWeights(String op, Var input, NDArray weight) {
        if (weight != null) {
            Checks.same(op, "weight", weight.shape(), Shape.of(input.shape().dim(1)), "one per class of "
                    + input.shape());
        }
        weights(op, input, weight);
    }

    private static void weights(String op, Var input, NDArray weight) {
        if (weight != null) {
            input.value().requireSameDevice(op, weight.requireLive(op));
            Checks.floating(op, input.value(), weight);
        }
    }
}
