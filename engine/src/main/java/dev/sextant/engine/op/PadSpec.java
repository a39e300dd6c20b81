package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Padding of the last two axes; negative amounts crop (constant mode only).
///
/// @param value what CONSTANT fills with
public record PadSpec(Mode mode, int left, int right, int top, int bottom, double value) implements OpSpec {

    /// What stands in the padding.
    public enum Mode {
        /// One value.
        CONSTANT,
        /// The mirror image, without repeating the edge.
        REFLECT,
        /// The nearest edge pixel.
        REPLICATE
    }

    /// Shape of the result.
    public Shape outputShape(Shape x) {
        if (x.rank() < 2) {
            throw new ShapeException("pad: x must have at least two axes, but is %s", x);
        }
        int h = x.dim(-2) + top + bottom;
        int w = x.dim(-1) + left + right;
        int reach = Math.max(Math.max(left, right), Math.max(top, bottom));
        boolean cropsInside = mode != Mode.CONSTANT && Math.min(Math.min(left, right), Math.min(top, bottom)) < 0;
        boolean reflectsTooFar = mode == Mode.REFLECT
                && (Math.max(left, right) >= x.dim(-1) || Math.max(top, bottom) >= x.dim(-2));
        if (h < 1 || w < 1 || cropsInside || reflectsTooFar) {
            throw new ShapeException("pad: %s padding (left %d, right %d, top %d, bottom %d; up to %d) does not fit "
                    + "x %s, the result would be %d×%d", mode, left, right, top, bottom, reach, x, h, w);
        }
        return x.with(-2, h).with(-1, w);
    }

    @Override
    public String opName() {
        return "pad";
    }
}
