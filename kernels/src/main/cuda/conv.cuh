// conv.cuh -- the geometry of a convolution (cross-correlation), shared by every rung of its ladder.
//   y[n, k, p, q] = sum over c < C/groups, r < R, s < S of x[n, group*C/groups + c, h, v] * w[k, c, r, s]
//   with h = p*strideH - padH + r*dilationH  and  v = q*strideW - padW + s*dilationW
//   x, dx: [N, C, H, W]   w, dw: [K, C/groups, R, S]   y, dz: [N, K, P, Q]   all dense; what lies outside x is zero
// Mirrors dev.sextant.kernels.conv.ConvProblem, field by field.
#pragma once

struct Conv {
    int N, C, H, W, K, R, S, P, Q;
    int strideH, strideW, padH, padW, dilationH, dilationW, groups;
};

// Input row (or column) that tap r of output p reads.
__device__ __forceinline__ int tap(int p, int r, int stride, int pad, int dilation) {
    return p * stride - pad + r * dilation;
}

// The output whose tap r reads input h, or -1.
__device__ __forceinline__ int outputOf(int h, int r, int stride, int pad, int dilation, int outputs) {
    const int at = h + pad - r * dilation;
    return at >= 0 && at % stride == 0 && at / stride < outputs ? at / stride : -1;
}
