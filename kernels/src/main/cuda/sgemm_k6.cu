// sgemm_k6.cu -- matrix product, rung 6: k5 in several tile sizes. Operands: gemm.cuh, panel.cuh.
//   One size does not fit all: a 128x128 tile leaves most of the device idle on small matrices and computes mostly
//   padding on thin ones. dev.sextant.kernels.gemm.SgemmChoice picks by shape.
// Oracle engine.cpu.ref | Launch grid (ceil(N/columns), ceil(M/rows), batches), block rows*columns/(TM*TN)
//   | Bound by FMA issue, or by latency where there are few blocks
#include "panel.cuh"

// A block computes ROWS x COLUMNS of C, a thread TM x TN of it in groups of four.
template <int ROWS, int COLUMNS, int DEPTH, int TM, int TN>
__device__ __forceinline__ void tileGemm(const Gemm& g, const float* a, const float* b, float* c,
        float (*as)[ROWS + PAD], float (*bs)[COLUMNS + PAD]) {
    constexpr int ACROSS = COLUMNS / TN, DOWN = ROWS / TM, THREADS = ACROSS * DOWN;
    const int t = threadIdx.x, tx = t % ACROSS, ty = t / ACROSS;
    const int m0 = blockIdx.y * ROWS, n0 = blockIdx.x * COLUMNS;

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        const Panel pa = panelOf(at.a, g.M, g.K, g.aRow, g.aCol), pb = panelOf(at.b, g.N, g.K, g.bCol, g.bRow);
        float sum[TM][TN] = {};

        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            #pragma unroll
            for (int q = t; q < ROWS * DEPTH / 4; q += THREADS) {
                const Quad quad = quadOf<ROWS, DEPTH>(pa, q);
                stash<ROWS>(as, pa, quad, fetch(pa, m0 + quad.i, k0 + quad.k));
            }
            #pragma unroll
            for (int q = t; q < COLUMNS * DEPTH / 4; q += THREADS) {
                const Quad quad = quadOf<COLUMNS, DEPTH>(pb, q);
                stash<COLUMNS>(bs, pb, quad, fetch(pb, n0 + quad.i, k0 + quad.k));
            }
            __syncthreads();
            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                float av[TM], bv[TN];
                #pragma unroll
                for (int i = 0; i < TM; i += 4) {
                    unpack(av + i, &as[k][i * DOWN + ty * 4]);
                }
                #pragma unroll
                for (int j = 0; j < TN; j += 4) {
                    unpack(bv + j, &bs[k][j * ACROSS + tx * 4]);
                }
                #pragma unroll
                for (int i = 0; i < TM; i++) {
                    #pragma unroll
                    for (int j = 0; j < TN; j++) {
                        sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                    }
                }
            }
            __syncthreads();
        }

        #pragma unroll
        for (int i = 0; i < TM; i++) {
            #pragma unroll
            for (int j = 0; j < TN; j += 4) {
                putQuad(g, at.c, m0 + i / 4 * 4 * DOWN + ty * 4 + i % 4, n0 + j * ACROSS + tx * 4, sum[i] + j);
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(64)
sgemm_k6_32x32(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[8][32 + PAD];
    __shared__ __align__(16) float bs[8][32 + PAD];
    tileGemm<32, 32, 8, 4, 4>(g, a, b, c, as, bs);
}

extern "C" __global__ void __launch_bounds__(256)
sgemm_k6_64x64(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[8][64 + PAD];
    __shared__ __align__(16) float bs[8][64 + PAD];
    tileGemm<64, 64, 8, 4, 4>(g, a, b, c, as, bs);
}

extern "C" __global__ void __launch_bounds__(128, 4)
sgemm_k6_128x32(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[8][128 + PAD];
    __shared__ __align__(16) float bs[8][32 + PAD];
    tileGemm<128, 32, 8, 8, 4>(g, a, b, c, as, bs);
}

extern "C" __global__ void __launch_bounds__(128, 4)
sgemm_k6_32x128(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ __align__(16) float as[8][32 + PAD];
    __shared__ __align__(16) float bs[8][128 + PAD];
    tileGemm<32, 128, 8, 4, 8>(g, a, b, c, as, bs);
}
