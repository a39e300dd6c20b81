package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;

/// Geometry of a 2-D cross-correlation: what deep learning calls convolution.
///
/// | tensor | shape                | meaning |
/// |--------|----------------------|---------|
/// | `x`    | `[N, C, H, W]`       | input   |
/// | `w`    | `[K, C/groups, R, S]`| filter  |
/// | `bias` | `[K]`                | optional |
/// | `y`    | `[N, K, P, Q]`       | output, `P = ⌊(H + 2·pad − dilation·(R−1) − 1)/stride⌋ + 1`, `Q` alike |
///
/// @param activation applied to the result in the same pass ([UnarySpec#IDENTITY] for none)
/// @see <a href="https://arxiv.org/abs/1603.07285">Dumoulin &amp; Visin, 2016</a>
public record Conv2dSpec(Pair stride, Pair pad, Pair dilation, int groups, UnarySpec activation) implements OpSpec {
    public Conv2dSpec {
        Checks.atLeast("conv2d", "stride", stride, 1);
        Checks.atLeast("conv2d", "pad", pad, 0);
        Checks.atLeast("conv2d", "dilation", dilation, 1);
        Checks.atLeast("conv2d", "groups", groups, 1);
    }

    /// Stride and padding, no dilation, one group, no activation.
    public static Conv2dSpec of(int stride, int pad) {
        return new Conv2dSpec(Pair.of(stride), Pair.of(pad), Pair.ONE, 1, UnarySpec.IDENTITY);
    }

    /// This geometry with an activation fused in.
    public Conv2dSpec with(UnarySpec act) {
        return new Conv2dSpec(stride, pad, dilation, groups, act);
    }

    /// Shape of `y`. Every badly shaped call fails here, before memory or a device is touched.
    public Shape outputShape(Shape x, Shape w) {
        Checks.rank("conv2d", "x", x, 4, "[N, C, H, W]");
        Checks.rank("conv2d", "w", w, 4, "[K, C/groups, R, S]");
        if (x.dim(1) != w.dim(1) * groups) {
            throw new ShapeException("conv2d: x %s has C=%d channels, but w %s with groups=%d needs "
                    + "C = w.dim(1)·groups = %d", x, x.dim(1), w, groups, w.dim(1) * groups);
        }
        if (w.dim(0) % groups != 0) {
            throw new ShapeException("conv2d: w %s has K=%d filters, which groups=%d does not divide", w, w.dim(0),
                    groups);
        }
        return Shape.of(x.dim(0), w.dim(0),
                Checks.window("conv2d", "H", x.dim(2), w.dim(2), stride.h(), pad.h(), dilation.h(), false),
                Checks.window("conv2d", "W", x.dim(3), w.dim(3), stride.w(), pad.w(), dilation.w(), false));
    }

    /// Multiply-adds of one forward pass, biases not counted.
    public long macs(Shape x, Shape w) {
        return outputShape(x, w).size() * w.dim(1) * w.dim(2) * w.dim(3);
    }

    @Override
    public String opName() {
        return "conv2d";
    }
}
