package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// A fully connected layer: `y = act(x·wᵀ + bias)`, `x` `[N, in]`, `w` `[out, in]`, `bias` `[out]`, `y` `[N, out]`.
///
/// @param activation applied in the same pass ([UnarySpec#IDENTITY] for none)
public record LinearSpec(UnarySpec activation) implements OpSpec {
    /// No activation.
    public static final LinearSpec PLAIN = new LinearSpec(UnarySpec.IDENTITY);

    /// Shape of `y`; leading axes of `x` are kept.
    public Shape outputShape(Shape x, Shape w) {
        Checks.rank("linear", "w", w, 2, "[out, in]");
        if (x.rank() < 1 || x.dim(-1) != w.dim(1)) {
            throw new ShapeException("linear: x %s must end in in=%d, the second extent of w %s; flatten x first or "
                    + "give the layer %s input features", x, w.dim(1), w,
                    x.rank() < 1 ? "the right number of"
                            : Integer.toString(x.dim(-1)));
        }
        return x.with(-1, w.dim(0));
    }

    /// Multiply-adds of one forward pass.
    public long macs(Shape x, Shape w) {
        return x.size() * w.dim(0);
    }

    @Override
    public String opName() {
        return "linear";
    }
}
