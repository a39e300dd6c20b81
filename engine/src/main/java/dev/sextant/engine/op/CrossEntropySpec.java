package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Softmax cross-entropy of logits `[N, C]` or `[N, C, …]`.
///
/// @param labelSmoothing share of the target that is spread evenly over all classes, 0..1
/// @param ignoreIndex    label that does not count (PyTorch's default is −100)
/// @param probabilities  whether targets are probabilities shaped like the logits instead of class indices
public record CrossEntropySpec(Reduction reduction, double labelSmoothing, int ignoreIndex, boolean probabilities)
        implements OpSpec {
    /// Mean over the batch, class indices.
    public static final CrossEntropySpec MEAN = new CrossEntropySpec(Reduction.MEAN, 0, -100, false);

    public CrossEntropySpec {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new ShapeException("cross_entropy: labelSmoothing must be in 0..1, but is %s", labelSmoothing);
        }
    }

    /// Shape of the loss.
    public Shape outputShape(Shape logits, Shape target) {
        if (logits.rank() < 2 || logits.dim(1) == 0) {
            throw new ShapeException("cross_entropy: logits must be [N, C] or [N, C, …] with at least one class, but "
                    + "are %s", logits);
        }
        Shape perItem = logits.without(1);
        Shape wanted = probabilities ? logits : perItem;
        Checks.same("cross_entropy", "target", target, wanted,
                probabilities ? "probabilities, the shape of the logits " + logits
                        : "class indices, the logits " + logits + " without their class axis");
        return reduction == Reduction.NONE ? perItem : Shape.scalar();
    }

    @Override
    public String opName() {
        return "cross_entropy";
    }
}
