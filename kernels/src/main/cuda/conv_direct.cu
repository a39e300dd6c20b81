// conv_direct.cu -- convolution, rung 0: the formula, and its gradients as gathers. Geometry: conv.cuh.
//   forward:          a thread per output element
//   backward data:    a thread per input element, which gathers from every output that read it: no atomics, and the
//                     same bits on every run
//   backward filter:  a block per filter element; its threads sum over (n, p, q) and fold in a fixed tree
// Oracle engine.cpu.ref.RefConv
// Launch forward, data: 1-D, block 256, any grid; filter: grid K*C/groups*R*S, block 128
// Bound by memory transactions: each value is fetched for every use
#include "conv.cuh"
#include "grid.cuh"

extern "C" __global__ void conv_direct_forward(Conv g, const float* __restrict__ x, const float* __restrict__ w,
        float* __restrict__ y) {
    const int channels = g.C / g.groups, filters = g.K / g.groups;
    GRID_STRIDE(i, (long long) g.N * g.K * g.P * g.Q) {        // i -> (n, k, p, q)
        const int q = i % g.Q, p = i / g.Q % g.P, k = i / g.Q / g.P % g.K, n = i / g.Q / g.P / g.K;
        const float* image = x + ((long long) n * g.C + k / filters * channels) * g.H * g.W;
        const float* filter = w + (long long) k * channels * g.R * g.S;
        float sum = 0.0f;
        for (int c = 0; c < channels; c++) {
            for (int r = 0; r < g.R; r++) {
                const int h = tap(p, r, g.strideH, g.padH, g.dilationH);
                if (h < 0 || h >= g.H) {
                    continue;
                }
                for (int s = 0; s < g.S; s++) {
                    const int v = tap(q, s, g.strideW, g.padW, g.dilationW);
                    if (v >= 0 && v < g.W) {
                        sum = fmaf(image[((long long) c * g.H + h) * g.W + v], filter[(c * g.R + r) * g.S + s], sum);
                    }
                }
            }
        }
        y[i] = sum;
    }
}

extern "C" __global__ void conv_direct_backward_data(Conv g, const float* __restrict__ dz, const float* __restrict__ w,
        float* __restrict__ dx, int add) {
    const int channels = g.C / g.groups, filters = g.K / g.groups;
    GRID_STRIDE(i, (long long) g.N * g.C * g.H * g.W) {        // i -> (n, c, h, v)
        const int v = i % g.W, h = i / g.W % g.H, c = i / g.W / g.H % g.C, n = i / g.W / g.H / g.C;
        const int firstFilter = c / channels * filters;
        float sum = 0.0f;
        for (int k = firstFilter; k < firstFilter + filters; k++) {
            const float* plane = dz + ((long long) n * g.K + k) * g.P * g.Q;
            const float* filter = w + ((long long) k * channels + c % channels) * g.R * g.S;
            for (int r = 0; r < g.R; r++) {
                const int p = outputOf(h, r, g.strideH, g.padH, g.dilationH, g.P);
                if (p < 0) {
                    continue;
                }
                for (int s = 0; s < g.S; s++) {
                    const int q = outputOf(v, s, g.strideW, g.padW, g.dilationW, g.Q);
                    if (q >= 0) {
                        sum = fmaf(plane[p * g.Q + q], filter[r * g.S + s], sum);
                    }
                }
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}

#define FILTER_THREADS 128

extern "C" __global__ void __launch_bounds__(FILTER_THREADS)
conv_direct_backward_filter(Conv g, const float* __restrict__ dz, const float* __restrict__ x,
        float* __restrict__ dw, int add) {
    __shared__ float partial[FILTER_THREADS];
    const int channels = g.C / g.groups, filters = g.K / g.groups, t = threadIdx.x;
    const int at = blockIdx.x;                                  // -> (k, c, r, s)
    const int s = at % g.S, r = at / g.S % g.R, c = at / g.S / g.R % channels, k = at / g.S / g.R / channels;
    float sum = 0.0f;
    for (long long i = t; i < (long long) g.N * g.P * g.Q; i += FILTER_THREADS) {
        const int q = i % g.Q, p = i / g.Q % g.P, n = i / g.Q / g.P;
        const int h = tap(p, r, g.strideH, g.padH, g.dilationH), v = tap(q, s, g.strideW, g.padW, g.dilationW);
        if (h >= 0 && h < g.H && v >= 0 && v < g.W) {
            sum = fmaf(dz[(((long long) n * g.K + k) * g.P + p) * g.Q + q],
                x[(((long long) n * g.C + k / filters * channels + c) * g.H + h) * g.W + v], sum);
        }
    }
    partial[t] = sum;
    for (int half = FILTER_THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) {
            partial[t] += partial[t + half];
        }
    }
    if (t == 0) {
        dw[at] = add ? dw[at] + partial[0] : partial[0];
    }
}
