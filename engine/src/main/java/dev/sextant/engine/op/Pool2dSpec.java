package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Geometry of 2-D pooling: `x` `[N, C, H, W]`, `y` `[N, C, P, Q]`.
///
/// @param ceil            round the output extent up instead of down
/// @param countIncludePad for averages: divide by the window clipped to the padded image, not by its real pixels
public record Pool2dSpec(PoolKind kind, Pair kernel, Pair stride, Pair pad, Pair dilation, boolean ceil,
        boolean countIncludePad) implements OpSpec {
    public Pool2dSpec {
        Checks.atLeast("pool2d", "kernel", kernel, 1);
        Checks.atLeast("pool2d", "stride", stride, 1);
        Checks.atLeast("pool2d", "pad", pad, 0);
        Checks.atLeast("pool2d", "dilation", dilation, 1);
        if (2 * pad.h() > kernel.h() || 2 * pad.w() > kernel.w()) {
            throw new ShapeException("pool2d: pad (%d, %d) must be at most half of kernel (%d, %d), or some windows "
                    + "would see padding alone", pad.h(), pad.w(), kernel.h(), kernel.w());
        }
    }

    /// Max pooling, rounding down.
    public static Pool2dSpec max(int kernel, int stride, int pad) {
        return new Pool2dSpec(PoolKind.MAX, Pair.of(kernel), Pair.of(stride), Pair.of(pad), Pair.ONE, false, true);
    }

    /// Average pooling, rounding down.
    public static Pool2dSpec avg(int kernel, int stride, int pad) {
        return new Pool2dSpec(PoolKind.AVG, Pair.of(kernel), Pair.of(stride), Pair.of(pad), Pair.ONE, false, true);
    }

    /// Shape of `y`.
    public Shape outputShape(Shape x) {
        Checks.rank(opName(), "x", x, 4, "[N, C, H, W]");
        return Shape.of(x.dim(0), x.dim(1),
                Checks.window(opName(), "H", x.dim(2), kernel.h(), stride.h(), pad.h(), dilation.h(), ceil),
                Checks.window(opName(), "W", x.dim(3), kernel.w(), stride.w(), pad.w(), dilation.w(), ceil));
    }

    @Override
    public String opName() {
        return kind == PoolKind.MAX ? "max_pool2d" : "avg_pool2d";
    }
}
