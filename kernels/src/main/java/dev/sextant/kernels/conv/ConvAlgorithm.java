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
    ///   - of what the implicit product would sum for the gradient of the input, all but one in stride² are zeros, which
    ///     im2col's gradient does not compute (7×7, stride 2: 0.2 TFLOP/s against 7.5);
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
        return direction == ConvDirection.BACKWARD_DATA && p.strideH() * p.strideW() > 1 ? IM2COL : IMPLICIT_GEMM;
    }
}
