// sgemm_k5.cu -- matrix product, rung 5: 128-bit accesses and 8x8 results per thread. Operands: gemm.cuh, panel.cuh.
//   Against k4: a thread's tile grows to 8x8 (64 multiply-adds for 16 values), and all traffic moves four neighbours
//   per instruction, global and shared. A thread's rows are two groups of four, 64 apart, and so are its columns:
//   threads side by side then read shared memory side by side.
// Oracle engine.cpu.ref | Launch grid (ceil(N/128), ceil(M/128), batches), block 256 | Bound by FMA issue
#include "panel.cuh"

#define TILE 128
#define DEPTH 8
#define SIDE 16
#define THREADS 256

extern "C" __global__ void __launch_bounds__(THREADS)
sgemm_k5(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[DEPTH][TILE + PAD];
    __shared__ __align__(16) float bs[DEPTH][TILE + PAD];
    const int t = threadIdx.x, tx = t % SIDE, ty = t / SIDE;
    const int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        const Panel pa = panelOf(at.a, g.M, g.K, g.aRow, g.aCol), pb = panelOf(at.b, g.N, g.K, g.bCol, g.bRow);
        const Quad qa = quadOf<TILE, DEPTH>(pa, t), qb = quadOf<TILE, DEPTH>(pb, t);
        float sum[8][8] = {};

        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            stash<TILE>(as, pa, qa, fetch(pa, m0 + qa.i, k0 + qa.k));
            stash<TILE>(bs, pb, qb, fetch(pb, n0 + qb.i, k0 + qb.k));
            __syncthreads();
            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                float av[8], bv[8];
                unpack(av, &as[k][ty * 4]);
                unpack(av + 4, &as[k][TILE / 2 + ty * 4]);
                unpack(bv, &bs[k][tx * 4]);
                unpack(bv + 4, &bs[k][TILE / 2 + tx * 4]);
                #pragma unroll
                for (int i = 0; i < 8; i++) {
                    #pragma unroll
                    for (int j = 0; j < 8; j++) {
                        sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                    }
                }
            }
            __syncthreads();
        }

        #pragma unroll
        for (int i = 0; i < 8; i++) {
            const int m = m0 + i / 4 * (TILE / 2) + ty * 4 + i % 4;
            putQuad(g, at.c, m, n0 + tx * 4, sum[i]);
            putQuad(g, at.c, m, n0 + TILE / 2 + tx * 4, sum[i] + 4);
        }
    }
}
