// sgemm_k3.cu -- matrix product, rung 3: a column of 8 results per thread. Problem and operands: gemm.cuh.
//   Each value of B read from shared memory is used 8 times from a register: 9 reads for 8 multiply-adds, not 16.
// Oracle engine.cpu.ref | Launch grid (ceil(N/64), ceil(M/64), batches), block 512 | Bound by shared memory
#include "gemm.cuh"

#define TILE 64
#define DEPTH 8
#define PER_THREAD 8
#define THREADS (TILE * TILE / PER_THREAD)

extern "C" __global__ void __launch_bounds__(THREADS)
sgemm_k3(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    // A warp stores 4 whole rows of 8, which are 32 different banks; it reads one word at a time, a broadcast.
    __shared__ float as[TILE][DEPTH];
    __shared__ float bs[DEPTH][TILE];
    const int t = threadIdx.x, tx = t % TILE, ty = t / TILE;
    const int m0 = blockIdx.y * TILE, n = blockIdx.x * TILE + tx;
    const int loadRow = t / DEPTH, loadK = t % DEPTH;          // the element of A's tile that this thread fetches

    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        float sum[PER_THREAD] = {};
        for (int k0 = 0; k0 < g.K; k0 += DEPTH) {
            as[loadRow][loadK] = m0 + loadRow < g.M && k0 + loadK < g.K
                ? at.a[(long long) (m0 + loadRow) * g.aRow + (long long) (k0 + loadK) * g.aCol] : 0.0f;
            bs[ty][tx] = k0 + ty < g.K && n < g.N
                ? at.b[(long long) (k0 + ty) * g.bRow + (long long) n * g.bCol] : 0.0f;
            __syncthreads();
            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                const float bv = bs[k][tx];
                #pragma unroll
                for (int i = 0; i < PER_THREAD; i++) {
                    sum[i] = fmaf(as[ty * PER_THREAD + i][k], bv, sum[i]);
                }
            }
            __syncthreads();
        }
        #pragma unroll
        for (int i = 0; i < PER_THREAD; i++) {
            const int m = m0 + ty * PER_THREAD + i;
            if (m < g.M && n < g.N) {
                put(at.c + (long long) m * g.cRow + (long long) n * g.cCol, sum[i], g.add);
            }
        }
    }
}
