// sgemm_k8.cu -- matrix product, rung 8: k7's tiles on tensor cores, in TF32. Operands: gemm.cuh, panel.cuh, tensor.cuh.
//   Where k7 spends 64 multiply-adds per thread and step of k, a warp now gives 16x8x8 of them to one instruction: 16
//   instructions per 8 steps for its 64x32 piece, and a fifth of the words read from shared memory.
//   The price: A and B are rounded to TF32 (once, on their way into shared memory), so a product is off by up to 2^-10
//   of itself. No other rung does that, and this one is taken only by name.
// Oracle engine.cpu.ref, within 2^-10 of the sum of |a*b| (and float32's own error)
// Launch grid (ceil(N/128), ceil(M/128), batches), block 256, sm_80 or newer | Bound by tensor cores, or shared memory
#include "panel.cuh"
#include "tensor.cuh"

#define TILE 128
#define DEPTH 8
#define THREADS 256
#define WARP_ROWS 64
#define WARP_COLUMNS 32
#define DOWN (WARP_ROWS / 16)           // instructions' tiles in a warp's piece
#define ACROSS (WARP_COLUMNS / 8)

__device__ __forceinline__ float4 toTf32(float4 v) {
    return make_float4(toTf32(v.x), toTf32(v.y), toTf32(v.z), toTf32(v.w));
}

// Two neighbours of a row of C.
__device__ __forceinline__ void putPair(const Gemm& g, float* c, int m, int n, float v0, float v1) {
    if (m >= g.M) {
        return;
    }
    float* at = c + (long long) m * g.cRow + (long long) n * g.cCol;
    if (g.cCol == 1 && n + 1 < g.N && ((unsigned long long) at & 7) == 0) {
        float2* pair = reinterpret_cast<float2*>(at);
        *pair = g.add ? make_float2(pair->x + v0, pair->y + v1) : make_float2(v0, v1);
        return;
    }
    if (n < g.N) {
        put(at, v0, g.add);
    }
    if (n + 1 < g.N) {
        put(at + g.cCol, v1, g.add);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
sgemm_k8_tf32(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[2][DEPTH][TILE + PAD];
    __shared__ __align__(16) float bs[2][DEPTH][TILE + PAD];
    const int t = threadIdx.x, warp = t / 32, group = t % 32 / 4, inGroup = t % 4;
    const int row = warp / 4 * WARP_ROWS + group, column = warp % 4 * WARP_COLUMNS + group;
    // The sum over k may be taken in any order, if A and B agree: a lane reads steps 2t and 2t+1 where the instruction
    // says t and t+4. Two steps are 8 banks apart (PAD), and a group's eight rows fill the gap: no bank is asked twice.
    const int k = 2 * inGroup;
    const int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        const Panel pa = panelOf(at.a, g.M, g.K, g.aRow, g.aCol), pb = panelOf(at.b, g.N, g.K, g.bCol, g.bRow);
        const Quad qa = quadOf<TILE, DEPTH>(pa, t), qb = quadOf<TILE, DEPTH>(pb, t);
        float sum[DOWN][ACROSS][4] = {};

        stash<TILE>(as[0], pa, qa, toTf32(fetch(pa, m0 + qa.i, qa.k)));
        stash<TILE>(bs[0], pb, qb, toTf32(fetch(pb, n0 + qb.i, qb.k)));
        __syncthreads();
        int now = 0;
        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            const float4 nextA = fetch(pa, m0 + qa.i, k0 + DEPTH + qa.k);
            const float4 nextB = fetch(pb, n0 + qb.i, k0 + DEPTH + qb.k);
            float bv[ACROSS][2];
            #pragma unroll
            for (int j = 0; j < ACROSS; j++) {
                bv[j][0] = bs[now][k][column + 8 * j];
                bv[j][1] = bs[now][k + 1][column + 8 * j];
            }
            #pragma unroll
            for (int i = 0; i < DOWN; i++) {
                const float av[4] = {as[now][k][row + 16 * i], as[now][k][row + 16 * i + 8],
                    as[now][k + 1][row + 16 * i], as[now][k + 1][row + 16 * i + 8]};
                #pragma unroll
                for (int j = 0; j < ACROSS; j++) {
                    mmaTf32(sum[i][j], av, bv[j]);
                }
            }
            now ^= 1;
            stash<TILE>(as[now], pa, qa, toTf32(nextA));
            stash<TILE>(bs[now], pb, qb, toTf32(nextB));
            __syncthreads();
        }

        #pragma unroll
        for (int i = 0; i < DOWN; i++) {
            #pragma unroll
            for (int j = 0; j < ACROSS; j++) {
                const int m = m0 + row + 16 * i, n = n0 + warp % 4 * WARP_COLUMNS + 8 * j + 2 * inGroup;
                putPair(g, at.c, m, n, sum[i][j][0], sum[i][j][1]);
                putPair(g, at.c, m + 8, n, sum[i][j][2], sum[i][j][3]);
            }
        }
    }
}
