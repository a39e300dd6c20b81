package dev.sextant.kernels.conv;

import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;

/// The geometry of a convolution with its extents, as `conv.cuh` describes it.
///
/// @param n images
/// @param c input channels of `h`×`w`
/// @param k filters of `r`×`s`
/// @param p rows of the output; `q` columns
public record ConvProblem(int n, int c, int h, int w, int k, int r, int s, int p, int q, int strideH, int strideW,
        int padH, int padW, int dilationH, int dilationW, int groups) {

    /// From the spec and the shapes of input, filter and output.
    public static ConvProblem of(Conv2dSpec spec, Shape x, Shape w, Shape y) {
        return new ConvProblem(x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(2), w.dim(3), y.dim(2), y.dim(3),
                spec.stride().h(), spec.stride().w(), spec.pad().h(), spec.pad().w(), spec.dilation().h(),
                spec.dilation().w(), spec.groups());
    }

    /// The fields of `struct Conv`, in its order.
    public int[] fields() {
        return new int[] {n, c, h, w, k, r, s, p, q, strideH, strideW, padH, padW, dilationH, dilationW, groups};
    }

    /// The same for a range of images.
    public ConvProblem images(int count) {
        return new ConvProblem(count, c, h, w, k, r, s, p, q, strideH, strideW, padH, padW, dilationH, dilationW,
                groups);
    }

    /// The convolution that gives the gradient of this one's input, where the stride is 1: of the gradient of the output
    /// with the filters turned by half a turn, input and output channels exchanged.
    public ConvProblem ofInputGradient() {
        return new ConvProblem(n, k, p, q, c, r, s, h, w, 1, 1, (r - 1) * dilationH - padH, (s - 1) * dilationW - padW,
                dilationH, dilationW, groups);
    }

    /// Whether every pixel is computed from the pixel at its place alone.
    public boolean isPointwise() {
        return r == 1 && s == 1 && strideH == 1 && strideW == 1 && padH == 0 && padW == 0;
    }

    /// Elements of the input.
    public long inputs() {
        return (long) n * c * h * w;
    }

    /// Elements of the output.
    public long outputs() {
        return (long) n * k * p * q;
    }

    /// Values that one output of one filter sums over.
    public int taps() {
        return c / groups * r * s;
    }

    /// Elements of the patch matrix of one image.
    public long patches() {
        return (long) c * r * s * p * q;
    }

    /// Winograd's tiles of 2×2 outputs.
    public int winogradTiles() {
        return n * ((p + 1) / 2) * ((q + 1) / 2);
    }
}
