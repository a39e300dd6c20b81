package dev.sextant.engine.op;

import dev.sextant.engine.Shape;

/// Resampling of the last two axes of `[N, C, H, W]`; nothing is antialiased.
///
/// @param bilinear     interpolate linearly instead of taking the nearest pixel (`⌊i·in/out⌋`)
/// @param alignCorners for bilinear: whether corner pixels map onto corner pixels; otherwise half-pixel centres
public record ResizeSpec(Pair size, boolean bilinear, boolean alignCorners) implements OpSpec {
    public ResizeSpec {
        Checks.atLeast("resize", "size", size, 1);
    }

    /// Shape of the result.
    public Shape outputShape(Shape x) {
        Checks.rank("resize", "x", x, 4, "[N, C, H, W]");
        Checks.pixels("resize", x);
        return Shape.of(x.dim(0), x.dim(1), size.h(), size.w());
    }

    @Override
    public String opName() {
        return "resize";
    }
}
