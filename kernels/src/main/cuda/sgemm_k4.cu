// sgemm_k4.cu -- matrix product, rung 4: two-dimensional register tiles. Problem and operands: gemm.cuh.
//   A block computes a 64x64 tile of C from 64x16 tiles of A and 16x64 tiles of B that it keeps in shared memory;
//   a thread computes 4x4 of it in registers, so each value read from shared memory is used four times.
//   C is strided over the threads (rows ty + 16i, columns tx + 16j): neighbours read neighbouring words.
// Oracle engine.cpu.ref | Launch grid (ceil(N/64), ceil(M/64), batches), block 256 | Bound by shared memory, then FMA
#include "gemm.cuh"

#define TILE 64
#define DEPTH 16
#define SIDE 16         // threads along each side of the tile
#define PER_THREAD 4    // rows and columns per thread
#define THREADS 256

extern "C" __global__ void __launch_bounds__(THREADS)
sgemm_k4(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    // Two words of padding: a warp that stores 16 rows of 2 columns then meets 32 different banks.
    __shared__ float as[DEPTH][TILE + 2];
    __shared__ float bs[DEPTH][TILE + 2];
    const int t = threadIdx.x, tx = t % SIDE, ty = t / SIDE;
    const int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        float sum[PER_THREAD][PER_THREAD] = {};

        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            // Neighbouring threads walk along the axis that is dense in memory, so that loads coalesce.
            for (int e = t; e < TILE * DEPTH; e += THREADS) {
                int k = g.aCol == 1 ? e % DEPTH : e / TILE;
                int m = g.aCol == 1 ? e / DEPTH : e % TILE;
                as[k][m] = m0 + m < g.M && k0 + k < g.K
                    ? at.a[(long long) (m0 + m) * g.aRow + (long long) (k0 + k) * g.aCol] : 0.0f;
            }
            for (int e = t; e < TILE * DEPTH; e += THREADS) {
                int k = g.bRow == 1 ? e % DEPTH : e / TILE;
                int n = g.bRow == 1 ? e / DEPTH : e % TILE;
                bs[k][n] = n0 + n < g.N && k0 + k < g.K
                    ? at.b[(long long) (k0 + k) * g.bRow + (long long) (n0 + n) * g.bCol] : 0.0f;
            }
            __syncthreads();

            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                float av[PER_THREAD], bv[PER_THREAD];
                #pragma unroll
                for (int i = 0; i < PER_THREAD; i++) {
                    av[i] = as[k][ty + SIDE * i];
                    bv[i] = bs[k][tx + SIDE * i];
                }
                #pragma unroll
                for (int i = 0; i < PER_THREAD; i++) {
                    #pragma unroll
                    for (int j = 0; j < PER_THREAD; j++) {
                        sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                    }
                }
            }
            __syncthreads();                    // nobody refills the tiles while another still reads them
        }

        #pragma unroll
        for (int i = 0; i < PER_THREAD; i++) {
            #pragma unroll
            for (int j = 0; j < PER_THREAD; j++) {
                int m = m0 + ty + SIDE * i, n = n0 + tx + SIDE * j;
                if (m < g.M && n < g.N) {
                    put(at.c + (long long) m * g.cRow + (long long) n * g.cCol, sum[i][j], g.add);
                }
            }
        }
    }
}
