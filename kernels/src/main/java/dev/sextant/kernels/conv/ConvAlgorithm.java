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
    /// Winograd's F(2×2, 3×3), forward only; its gradients are those of [#IMPLICIT_GEMM].
    WINOGRAD("winograd");

    private final String label;

    ConvAlgorithm(String label) {
        this.label = label;
    }

    /// Its name for people and command lines.
    public String label() {
        return label;
    }

    /// Whether the forward pass of this geometry can be computed so.
    public boolean supports(ConvProblem p) {
        return this != WINOGRAD || p.r() == 3 && p.s() == 3 && p.strideH() == 1 && p.strideW() == 1
                && p.dilationH() == 1 && p.dilationW() == 1 && p.groups() == 1;
    }

    /// The algorithm for a geometry. Where a group has few channels a tile of 64 filters would be mostly padding. Of what
    /// the implicit product would sum for the gradient of the input, all but one in stride² are zeros, which im2col's
    /// gradient does not compute (7×7, stride 2 on an H100: 0.1 TFLOP/s against 7.5). Winograd is taken only by name: it
    /// costs about a digit.
    public static ConvAlgorithm best(ConvDirection direction, ConvProblem p) {
        if (p.k() / p.groups() < 4 || p.c() / p.groups() < 2 && p.groups() > 1) {
            return DIRECT;
        }
        return direction == ConvDirection.BACKWARD_DATA && p.strideH() * p.strideW() > 1 ? IM2COL : IMPLICIT_GEMM;
    }
}
