package dev.sextant.nn;

import dev.sextant.engine.op.Pair;

/// What one output of a layer sees of the input image, and how far apart the patches of two neighbours lie.
///
/// @param height rows of the patch, padding included; 0 where every output sees the whole image
/// @param width  columns of the patch
public record ReceptiveField(int height, int width, int strideH, int strideW) {
    /// The image itself.
    public static final ReceptiveField PIXEL = new ReceptiveField(1, 1, 1, 1);

    /// Everything.
    public static final ReceptiveField WHOLE = new ReceptiveField(0, 0, 0, 0);

    /// Whether every output sees the whole image.
    public boolean isWhole() {
        return height == 0;
    }

    /// Behind a sliding window: a patch grows by `dilation·(kernel − 1)` strides, and the stride multiplies.
    public ReceptiveField through(Pair kernel, Pair stride, Pair dilation) {
        return isWhole() ? this
                : new ReceptiveField(height + dilation.h() * (kernel.h() - 1) * strideH,
                        width + dilation.w() * (kernel.w() - 1) * strideW, strideH * stride.h(), strideW * stride.w());
    }

    /// What a join of two branches sees.
    public ReceptiveField or(ReceptiveField other) {
        return isWhole() || other.isWhole() ? WHOLE
                : new ReceptiveField(Math.max(height, other.height),
                        Math.max(width, other.width), Math.max(strideH, other.strideH),
                        Math.max(strideW, other.strideW));
    }

    /// `7×7/2`: patch and stride; `all` for the whole image.
    @Override
    public String toString() {
        return isWhole() ? "all"
                : height + "×" + width + "/" + (strideH == strideW ? strideH
                        : strideH + "×" + strideW);
    }
}
