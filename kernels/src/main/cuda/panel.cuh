// panel.cuh -- how rungs 5 to 7 bring a panel of A or B into shared memory: four neighbours at a time, in one 128-bit
// access where memory allows. A panel is EXTENT rows of A (or columns of B) by DEPTH steps of k; in shared memory it
// always lies [DEPTH][EXTENT + PAD], so that a thread reads four neighbouring rows (or columns) in one access too.
#pragma once
#include "gemm.cuh"

#define PAD 4           // keeps rows 16-byte aligned, and moves each k to other banks

// One operand of one batch entry: element (i, k) lies at p[i*stride + k*kStride].
struct Panel {
    const float* p;
    int extent, K, stride, kStride;
    bool alongK;        // quads run along k: dense there; else along the rows (or columns)
    bool vector;        // quads lie in 16-byte aligned groups of four neighbours
};

__device__ __forceinline__ Panel panelOf(const float* p, int extent, int K, int stride, int kStride) {
    Panel panel = {p, extent, K, stride, kStride, kStride == 1, false};
    const bool aligned = ((unsigned long long) p & 15) == 0;
    panel.vector = aligned && (panel.alongK ? stride % 4 == 0 : stride == 1 && kStride % 4 == 0);
    return panel;
}

// Quad number q of the tile that starts at (i0, k0): its first element.
struct Quad {
    int i, k;
};
template <int EXTENT, int DEPTH>
__device__ __forceinline__ Quad quadOf(const Panel& panel, int q) {
    Quad quad;
    if (panel.alongK) {
        quad.i = q / (DEPTH / 4);
        quad.k = q % (DEPTH / 4) * 4;
    } else {
        quad.i = q % (EXTENT / 4) * 4;
        quad.k = q / (EXTENT / 4);
    }
    return quad;
}

__device__ __forceinline__ float elementOrZero(const Panel& panel, int i, int k) {
    return i < panel.extent && k < panel.K
        ? panel.p[(long long) i * panel.stride + (long long) k * panel.kStride] : 0.0f;
}

// Four neighbours from global memory into registers; zeros outside the matrix.
__device__ __forceinline__ float4 fetch(const Panel& panel, int i, int k) {
    const int lastI = panel.alongK ? i : i + 3, lastK = panel.alongK ? k + 3 : k;
    if (panel.vector && lastI < panel.extent && lastK < panel.K) {
        return *reinterpret_cast<const float4*>(
            panel.p + (long long) i * panel.stride + (long long) k * panel.kStride);
    }
    const int di = panel.alongK ? 0 : 1, dk = panel.alongK ? 1 : 0;
    return make_float4(elementOrZero(panel, i, k), elementOrZero(panel, i + di, k + dk),
        elementOrZero(panel, i + 2 * di, k + 2 * dk), elementOrZero(panel, i + 3 * di, k + 3 * dk));
}

// From registers into shared memory; a quad along k is turned on the way.
template <int EXTENT>
__device__ __forceinline__ void stash(float (*tile)[EXTENT + PAD], const Panel& panel, Quad at, float4 v) {
    if (panel.alongK) {
        tile[at.k][at.i] = v.x;
        tile[at.k + 1][at.i] = v.y;
        tile[at.k + 2][at.i] = v.z;
        tile[at.k + 3][at.i] = v.w;
    } else {
        *reinterpret_cast<float4*>(&tile[at.k][at.i]) = v;
    }
}

__device__ __forceinline__ void unpack(float* to, const float* from) {
    const float4 v = *reinterpret_cast<const float4*>(from);
    to[0] = v.x;
    to[1] = v.y;
    to[2] = v.z;
    to[3] = v.w;
}

// Four neighbours of a row of C.
__device__ __forceinline__ void putQuad(const Gemm& g, float* c, int m, int n, const float* v) {
    if (m >= g.M) {
        return;
    }
    float* row = c + (long long) m * g.cRow;
    if (g.cCol == 1 && n + 3 < g.N && ((unsigned long long) (row + n) & 15) == 0) {
        float4 sum = make_float4(v[0], v[1], v[2], v[3]);
        if (g.add) {
            const float4 old = *reinterpret_cast<const float4*>(row + n);
            sum = make_float4(old.x + sum.x, old.y + sum.y, old.z + sum.z, old.w + sum.w);
        }
        *reinterpret_cast<float4*>(row + n) = sum;
        return;
    }
    #pragma unroll
    for (int j = 0; j < 4; j++) {
        if (n + j < g.N) {
            put(row + (long long) (n + j) * g.cCol, v[j], g.add);
        }
    }
}
