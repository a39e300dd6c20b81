// sgemm_k2.cu -- matrix product, rung 2: tiles in shared memory. Problem and operands: gemm.cuh.
//   A block fetches a 32x32 tile of A and of B once and uses each value 32 times from there: global traffic falls
//   32-fold against k1. Each multiply-add still needs two reads of shared memory, which is the next limit.
//   The two barriers: nobody reads a tile before all of it is there, nobody refills it while another reads.
// Oracle engine.cpu.ref | Launch grid (ceil(N/32), ceil(M/32), batches), block 1024 | Bound by shared memory
#include "gemm.cuh"

#define TILE 32

extern "C" __global__ void __launch_bounds__(TILE * TILE)
sgemm_k2(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    __shared__ float as[TILE][TILE];
    __shared__ float bs[TILE][TILE];
    const int tx = threadIdx.x % TILE, ty = threadIdx.x / TILE;
    const int m = blockIdx.y * TILE + ty, n = blockIdx.x * TILE + tx;

    // A thread outside C takes part all the same: it fetches for the others and meets them at the barriers.
    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        float sum = 0.0f;
        for (int k0 = 0; k0 < g.K; k0 += TILE) {
            as[ty][tx] = m < g.M && k0 + tx < g.K
                ? at.a[(long long) m * g.aRow + (long long) (k0 + tx) * g.aCol] : 0.0f;
            bs[ty][tx] = k0 + ty < g.K && n < g.N
                ? at.b[(long long) (k0 + ty) * g.bRow + (long long) n * g.bCol] : 0.0f;
            __syncthreads();
            #pragma unroll 8                    // all 32 at once would not fit into the registers of 1024 threads
            for (int k = 0; k < TILE; k++) {
                sum = fmaf(as[ty][k], bs[k][tx], sum);
            }
            __syncthreads();
        }
        if (m < g.M && n < g.N) {
            put(at.c + (long long) m * g.cRow + (long long) n * g.cCol, sum, g.add);
        }
    }
}
