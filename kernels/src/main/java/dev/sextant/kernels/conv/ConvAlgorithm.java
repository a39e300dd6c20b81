package dev.sextant.kernels.conv;

import dev.sextant.kernels.settings.ConvDirection;

/// The rungs of the convolution ladder.
public enum ConvAlgorithm {
    /// The formula, and its gradients as gathers.
    DIRECT("direct"),
    /// A matrix of patches, multiplied by SGEMM.
    IM2COL("im2col"),
    /// The same product without the matrix.
    IMPLICIT_GEMM("implicit-gemm"),
    /// Winograd's F(2×2, 3×3), forward and for the gradient of the input; a filter's gradient is [#IMPLICIT_GEMM]'s.
    WINOGRAD("winograd");

    private static final int WINOGRAD_CHANNELS = 128;
    // Pixels of an image that fill the widest tile of a product.
    private static final int LARGE_IMAGE = 128;
    // Filters, where writing the patches of the gradient takes less time than multiplying.
    private static final int DEEP = 256;

    private final String label;

    ConvAlgorithm(String label) {
        this.label = label;
    }

    /// Its name for people and command lines.
    public String label() {
        return label;
    }

    /// Whether this geometry can be computed so.
    public boolean supports(ConvProblem p) {
        return this != WINOGRAD || p.r() == 3 && p.s() == 3 && p.strideH() == 1 && p.strideW() == 1
                && p.dilationH() == 1 && p.dilationW() == 1 && p.padH() <= 2 && p.padW() <= 2 && p.groups() == 1;
    }

    /// The algorithm for a geometry, by what an H100 measured:
    ///
    ///   - where a group has few channels, a tile of filters would be mostly padding;
    ///   - the patches of a 1×1 convolution are the images as they lie, so its product has nothing to compute but itself;
    ///     small images would be padding in its tiles, while the implicit product joins them;
    ///   - of what the implicit product would sum for the gradient of the input, all but one in stride² are zeros, which
    ///     im2col's gradient does not compute (7×7, stride 2: 0.2 TFLOP/s against 7.5); nor does it pad the channels (5×5, 256 to 96: 15 against 25);
    ///   - Winograd's transforms are worth it where there are channels enough (256 of 14×14 pixels: 43 TFLOP/s, direct
    ///     count, against 18; 64 of 56×56: 21 against 22).
    public static ConvAlgorithm best(ConvDirection direction, ConvProblem p) {
        if (p.k() / p.groups() < 4 || p.c() / p.groups() < 2 && p.groups() > 1) {
            return DIRECT;
        }
        if (direction == ConvDirection.BACKWARD_FILTER) {
            return IMPLICIT_GEMM;
        }
        if (WINOGRAD.supports(p) && Math.min(p.c(), p.k()) >= WINOGRAD_CHANNELS) {
            return WINOGRAD;
        }
        boolean large = p.p() * p.q() >= LARGE_IMAGE;
        if (p.isPointwise()) {
            return large ? IM2COL : IMPLICIT_GEMM;
        }
        return direction == ConvDirection.BACKWARD_DATA
                && (p.strideH() * p.strideW() > 1 || large && p.k() / p.groups() >= DEEP) ? IM2COL : IMPLICIT_GEMM;
    }
}
