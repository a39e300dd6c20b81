// conv_winograd.cu -- convolution, rung 3: Winograd's minimal filtering F(2x2, 3x3). Geometry: conv.cuh, with
// R = S = 3, stride 1, dilation 1, one group. 2x2 outputs from a 4x4 patch: 16 multiplications in place of 36.
//   U[e] = (G w G')[e]    V[e] = (B' d B)[e]    M[e] = U[e] * V[e] (SGEMM, 16 of them)    y = A' M A
//   u: [16, K, C]   v: [16, C, tiles]   m: [16, K, tiles]   tiles = N * ceil(P/2) * ceil(Q/2)
//   The gradient of the input is such a convolution too: of dz with the filters turned by half a turn and the roles of
//   K and C exchanged, pad 2 - pad. Then g is that convolution's geometry, w is [C, K, 3, 3], and `turned` is set.
//   The transforms add and subtract, which costs about a digit: see the bound in the tests.
// Lavin & Gray 2015, arXiv:1509.09308 | Oracle engine.cpu.ref.RefConv | Launch 1-D, block 256, any grid
// Bound by memory in the transforms
#include "conv.cuh"
#include "grid.cuh"

extern "C" __global__ void winograd_filter(Conv g, const float* __restrict__ w, int turned, float* __restrict__ u) {
    GRID_STRIDE(i, (long long) g.K * g.C) {                     // i -> (k, c)
        const float* from = turned ? w + (i % g.C * g.K + i / g.C) * 9 + 8 : w + i * 9;
        const int next = turned ? -1 : 1;
        float t[4][3];                                          // G w
        #pragma unroll
        for (int s = 0; s < 3; s++) {
            const float w0 = from[next * s], w1 = from[next * (3 + s)], w2 = from[next * (6 + s)];
            t[0][s] = w0;
            t[1][s] = 0.5f * (w0 + w1 + w2);
            t[2][s] = 0.5f * (w0 - w1 + w2);
            t[3][s] = w2;
        }
        #pragma unroll
        for (int e = 0; e < 4; e++) {                           // (G w) G'
            const float row[4] = {t[e][0], 0.5f * (t[e][0] + t[e][1] + t[e][2]),
                0.5f * (t[e][0] - t[e][1] + t[e][2]), t[e][2]};
            #pragma unroll
            for (int f = 0; f < 4; f++) {
                u[(long long) (e * 4 + f) * g.K * g.C + i] = row[f];
            }
        }
    }
}

extern "C" __global__ void winograd_input(Conv g, const float* __restrict__ x, float* __restrict__ v) {
    const int down = (g.P + 1) / 2, across = (g.Q + 1) / 2;
    const long long tiles = (long long) g.N * down * across;
    GRID_STRIDE(i, g.C * tiles) {                               // i -> (c, n, tile row, tile column)
        const int tq = i % across, tp = i / across % down, n = i / across / down % g.N, c = i / tiles;
        const float* plane = x + ((long long) n * g.C + c) * g.H * g.W;
        float d[4][4], t[4][4];
        #pragma unroll
        for (int e = 0; e < 4; e++) {
            #pragma unroll
            for (int f = 0; f < 4; f++) {
                const int h = 2 * tp - g.padH + e, at = 2 * tq - g.padW + f;
                d[e][f] = h >= 0 && h < g.H && at >= 0 && at < g.W ? plane[h * g.W + at] : 0.0f;
            }
        }
        #pragma unroll
        for (int f = 0; f < 4; f++) {                           // B' d
            t[0][f] = d[0][f] - d[2][f];
            t[1][f] = d[1][f] + d[2][f];
            t[2][f] = d[2][f] - d[1][f];
            t[3][f] = d[1][f] - d[3][f];
        }
        #pragma unroll
        for (int e = 0; e < 4; e++) {                           // (B' d) B
            const float row[4] = {t[e][0] - t[e][2], t[e][1] + t[e][2], t[e][2] - t[e][1], t[e][1] - t[e][3]};
            #pragma unroll
            for (int f = 0; f < 4; f++) {
                v[(e * 4 + f) * g.C * tiles + i] = row[f];
            }
        }
    }
}

extern "C" __global__ void winograd_output(Conv g, const float* __restrict__ m, float* __restrict__ y, int add) {
    const int down = (g.P + 1) / 2, across = (g.Q + 1) / 2;
    const long long tiles = (long long) g.N * down * across;
    GRID_STRIDE(i, g.K * tiles) {                               // i -> (k, n, tile row, tile column)
        const int tq = i % across, tp = i / across % down, n = i / across / down % g.N, k = i / tiles;
        float t[2][4];
        #pragma unroll
        for (int f = 0; f < 4; f++) {                           // A' m
            const long long step = g.K * tiles;
            const float m0 = m[f * step + i], m1 = m[(4 + f) * step + i];
            const float m2 = m[(8 + f) * step + i], m3 = m[(12 + f) * step + i];
            t[0][f] = m0 + m1 + m2;
            t[1][f] = m1 - m2 - m3;
        }
        #pragma unroll
        for (int e = 0; e < 2; e++) {                           // (A' m) A
            const float row[2] = {t[e][0] + t[e][1] + t[e][2], t[e][1] - t[e][2] - t[e][3]};
            #pragma unroll
            for (int f = 0; f < 2; f++) {
                const int p = 2 * tp + e, q = 2 * tq + f;
                if (p < g.P && q < g.Q) {
                    float* to = y + (((long long) n * g.K + k) * g.P + p) * g.Q + q;
                    *to = add ? *to + row[f] : row[f];
                }
            }
        }
    }
}
