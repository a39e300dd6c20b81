// conv_im2col.cu -- convolution, rung 1: the patches as a matrix, so that SGEMM does the work. Geometry: conv.cuh.
//   col[n, (c, r, s), (p, q)] = x[n, c, tap(p, r), tap(q, s)]     (zero outside x)
//   forward  y[n] = w * col[n]        data  col[n] = w' * dz[n], then dx gathers        filter  dw += dz[n] * col[n]'
//   The matrix holds every input value R*S times: memory and traffic are the price.
// Oracle engine.cpu.ref.RefConv | Launch 1-D, block 256, any grid | Bound by memory
#include "conv.cuh"
#include "grid.cuh"

extern "C" __global__ void im2col(Conv g, const float* __restrict__ x, float* __restrict__ col) {
    GRID_STRIDE(i, (long long) g.N * g.C * g.R * g.S * g.P * g.Q) {
        const int q = i % g.Q, p = i / g.Q % g.P;
        const long long row = i / g.Q / g.P;                    // -> (n, c, r, s)
        const int s = row % g.S, r = row / g.S % g.R;
        const long long plane = row / g.S / g.R;                // -> (n, c)
        const int h = tap(p, r, g.strideH, g.padH, g.dilationH), v = tap(q, s, g.strideW, g.padW, g.dilationW);
        col[i] = h >= 0 && h < g.H && v >= 0 && v < g.W ? x[(plane * g.H + h) * g.W + v] : 0.0f;
    }
}

// The gradient of im2col: every input element sums the patch elements that were copied from it.
extern "C" __global__ void col2im(Conv g, const float* __restrict__ col, float* __restrict__ dx, int add) {
    GRID_STRIDE(i, (long long) g.N * g.C * g.H * g.W) {
        const int v = i % g.W, h = i / g.W % g.H;
        const long long plane = i / g.W / g.H;                  // -> (n, c)
        float sum = 0.0f;
        for (int r = 0; r < g.R; r++) {
            const int p = outputOf(h, r, g.strideH, g.padH, g.dilationH, g.P);
            for (int s = 0; p >= 0 && s < g.S; s++) {
                const int q = outputOf(v, s, g.strideW, g.padW, g.dilationW, g.Q);
                if (q >= 0) {
                    sum += col[(((plane * g.R + r) * g.S + s) * g.P + p) * g.Q + q];
                }
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}
