// sgemm_k7.cu -- matrix product, rung 7: warp tiles and double buffering. Operands: gemm.cuh, panel.cuh.
//   A warp computes a compact 64x32 piece of the block's 128x128 tile, so its 32 threads read 8 + 4 different quads of
//   shared memory per half step where k5's read 2 + 16 spread over the whole tile. Two copies of the panels: the next
//   one is fetched into registers before the current one is used, and stored into the other copy after it; a step needs
//   one barrier, not two, and the latency of global memory passes while the block computes.
// Oracle engine.cpu.ref | Launch grid (ceil(N/128), ceil(M/128), batches), block 256 | Bound by FMA issue
#include "panel.cuh"

#define TILE 128
#define DEPTH 8
#define THREADS 256
#define WARP_ROWS 64
#define WARP_COLUMNS 32

extern "C" __global__ void __launch_bounds__(THREADS)
sgemm_k7(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[2][DEPTH][TILE + PAD];
    __shared__ __align__(16) float bs[2][DEPTH][TILE + PAD];
    const int t = threadIdx.x, warp = t / 32, lane = t % 32;
    // Warps lie 2 x 4 in the tile, lanes 8 x 4 in the warp's piece; a thread has two groups of four rows and columns.
    const int row = warp / 4 * WARP_ROWS + lane / 4 * 4, column = warp % 4 * WARP_COLUMNS + lane % 4 * 4;
    const int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        const Panel pa = panelOf(at.a, g.M, g.K, g.aRow, g.aCol), pb = panelOf(at.b, g.N, g.K, g.bCol, g.bRow);
        const Quad qa = quadOf<TILE, DEPTH>(pa, t), qb = quadOf<TILE, DEPTH>(pb, t);
        float sum[8][8] = {};

        stash<TILE>(as[0], pa, qa, fetch(pa, m0 + qa.i, qa.k));
        stash<TILE>(bs[0], pb, qb, fetch(pb, n0 + qb.i, qb.k));
        __syncthreads();
        int now = 0;
        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            // Past the last panel these are zeros that nobody uses.
            const float4 nextA = fetch(pa, m0 + qa.i, k0 + DEPTH + qa.k);
            const float4 nextB = fetch(pb, n0 + qb.i, k0 + DEPTH + qb.k);
            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                float av[8], bv[8];
                unpack(av, &as[now][k][row]);
                unpack(av + 4, &as[now][k][row + WARP_ROWS / 2]);
                unpack(bv, &bs[now][k][column]);
                unpack(bv + 4, &bs[now][k][column + WARP_COLUMNS / 2]);
                #pragma unroll
                for (int i = 0; i < 8; i++) {
                    #pragma unroll
                    for (int j = 0; j < 8; j++) {
                        sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                    }
                }
            }
            now ^= 1;
            stash<TILE>(as[now], pa, qa, nextA);
            stash<TILE>(bs[now], pb, qb, nextB);
            __syncthreads();
        }

        #pragma unroll
        for (int i = 0; i < 8; i++) {
            const int m = m0 + row + i / 4 * (WARP_ROWS / 2) + i % 4;
            putQuad(g, at.c, m, n0 + column, sum[i]);
            putQuad(g, at.c, m, n0 + column + WARP_COLUMNS / 2, sum[i] + 4);
        }
    }
}
