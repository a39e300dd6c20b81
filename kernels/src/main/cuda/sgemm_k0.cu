// sgemm_k0.cu -- matrix product, rung 0: the formula, one thread per element of C. Problem and operands: gemm.cuh.
//   Neighbouring threads take neighbouring *rows*, so that at every step of the loop a warp reads 32 rows of A (32
//   different sectors) and writes C the same way. Nothing is kept: each value is fetched again for every use.
// Oracle engine.cpu.ref | Launch grid (ceil(N/8), ceil(M/32), batches), block 256 | Bound by memory transactions
#include "gemm.cuh"

#define ROWS 32
#define COLUMNS 8

extern "C" __global__ void __launch_bounds__(ROWS * COLUMNS)
sgemm_k0(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    const int m = blockIdx.y * ROWS + threadIdx.x % ROWS;
    const int n = blockIdx.x * COLUMNS + threadIdx.x / ROWS;
    if (m >= g.M || n >= g.N) {
        return;
    }
    for (int batch = blockIdx.z; batch < g.batches; batch += gridDim.z) {
        const Operands at = operandsOf(g, batch, a, b, c);
        float sum = 0.0f;
        for (int k = 0; k < g.K; k++) {
            sum = fmaf(at.a[(long long) m * g.aRow + (long long) k * g.aCol],
                       at.b[(long long) k * g.bRow + (long long) n * g.bCol], sum);
        }
        put(at.c + (long long) m * g.cRow + (long long) n * g.cCol, sum, g.add);
    }
}
