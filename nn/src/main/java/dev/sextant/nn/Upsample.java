package dev.sextant.nn;

import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.ResizeSpec;

/// Resamples images, `[N, C, H, W]` → `[N, C, P, Q]`: nearest pixel or bilinear, to a fixed size or by a whole factor.
public final class Upsample extends Layer {
    private final Pair size;
    private final int factor;
    private final boolean bilinear;
    private final boolean alignCorners;

    private Upsample(Pair size, int factor, boolean bilinear, boolean alignCorners) {
        this.size = size;
        this.factor = factor;
        this.bilinear = bilinear;
        this.alignCorners = alignCorners;
    }

    /// Repeats every pixel `factor`×`factor` times.
    public static Upsample nearest(int factor) {
        return new Upsample(null, atLeastOne(factor), false, false);
    }

    /// Interpolates to `factor` times the size; half-pixel centres, as PyTorch's `align_corners=False`.
    public static Upsample bilinear(int factor) {
        return new Upsample(null, atLeastOne(factor), true, false);
    }

    /// To a fixed size, larger or smaller.
    public static Upsample to(ResizeSpec spec) {
        return new Upsample(spec.size(), 0, spec.bilinear(), spec.alignCorners());
    }

    private static int atLeastOne(int factor) {
        Checks.atLeast("upsample", "factor", factor, 1);
        return factor;
    }

    private ResizeSpec spec(Shape in) {
        if (size != null) {
            return new ResizeSpec(size, bilinear, alignCorners);
        }
        Checks.rank("upsample", "x", in, 4, "[N, C, H, W]");
        return new ResizeSpec(Pair.of(in.dim(2) * factor, in.dim(3) * factor), bilinear, alignCorners);
    }

    @Override
    public Var forward(Var x) {
        return Shaping.resize(spec(x.shape()), x);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return spec(in).outputShape(in);
    }
}
