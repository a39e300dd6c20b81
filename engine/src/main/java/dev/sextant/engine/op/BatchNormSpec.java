package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Batch normalisation of `[N, C]` or `[N, C, …]` per channel (Ioffe &amp; Szegedy, 2015).
///
/// @param eps        added to the variance
/// @param momentum   weight of the new batch in the running statistics: `running = (1 − m)·running + m·batch`
///                   (PyTorch's convention; the book's `momentum` is `1 − m`)
/// @param training   whether the statistics come from the batch
/// @param activation applied in the same pass ([UnarySpec#IDENTITY] for none)
public record BatchNormSpec(double eps, double momentum, boolean training, UnarySpec activation) implements OpSpec {

    /// Checks the shapes; the result has the shape of `x`.
    ///
    /// @param channels extent that γ, β and the running statistics have
    public Shape outputShape(Shape x, int channels) {
        if (x.rank() < 2) {
            throw new ShapeException("batch_norm: x must be [N, C] or [N, C, H, W], but is %s", x);
        }
        if (x.dim(1) != channels) {
            throw new ShapeException("batch_norm: x %s has C=%d channels, but the layer has %d", x, x.dim(1), channels);
        }
        if (training && channels > 0 && x.size() < 2L * channels) {
            throw new ShapeException("batch_norm: x %s has %s value per channel, so %s; use a larger batch, or eval()",
                    x, x.size() == 0 ? "no" : "one", x.size() == 0 ? "there are no statistics to train with"
                            : "its variance is 0 and training would give β everywhere");
        }
        return x;
    }

    /// The same normalisation with another activation behind it.
    public BatchNormSpec withActivation(UnarySpec other) {
        return new BatchNormSpec(eps, momentum, training, other);
    }

    @Override
    public String opName() {
        return "batch_norm";
    }
}
