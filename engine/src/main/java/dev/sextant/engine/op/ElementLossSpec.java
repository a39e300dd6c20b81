package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.Locale;

/// A loss that compares element by element.
///
/// @param parameter `beta` of SMOOTH_L1, `delta` of HUBER; ignored by the others
public record ElementLossSpec(Kind kind, Reduction reduction, double parameter) implements OpSpec {

    /// The losses, of difference `d = input − target`.
    public enum Kind {
        /// `d²`.
        MSE,
        /// `|d|`.
        L1,
        /// `d²/(2·beta)` for `|d| < beta`, else `|d| − beta/2`.
        SMOOTH_L1,
        /// `d²/2` for `|d| <= delta`, else `delta·(|d| − delta/2)`.
        HUBER,
        /// Binary cross-entropy of logits; `weight` are positive-class weights along the last axis.
        BCE_WITH_LOGITS,
        /// `−weight[target]·input[target]` of log-probabilities `[N, C]` or `[N, C, …]` and class indices;
        /// the mean divides by the sum of the weights.
        NLL
    }

    /// Shape of the loss.
    public Shape outputShape(Shape input, Shape target) {
        if (kind == Kind.NLL && (input.rank() < 2 || input.dim(1) == 0)) {
            throw new ShapeException("nll_loss: input must be [N, C] or [N, C, …] with at least one class, but is %s",
                    input);
        }
        Shape perItem = kind == Kind.NLL ? input.without(1) : input;
        Checks.same(opName(), "target", target, perItem, "from the input " + input);
        return reduction == Reduction.NONE ? perItem : Shape.scalar();
    }

    @Override
    public String opName() {
        return kind.name().toLowerCase(Locale.ROOT) + "_loss";
    }
}
