// sgemm_k1.cu -- matrix product, rung 1: coalesced. Problem and operands: gemm.cuh.
//   The one change against k0: neighbouring threads take neighbouring *columns*. A warp now reads one value of A
//   (a broadcast) and 32 neighbours of B (4 sectors of 32 bytes), and writes 32 neighbours of C.
// Oracle engine.cpu.ref | Launch grid (ceil(N/32), ceil(M/8), batches), block 256 | Bound by memory bandwidth
#include "gemm.cuh"

#define ROWS 8
#define COLUMNS 32

extern "C" __global__ void __launch_bounds__(ROWS * COLUMNS)
sgemm_k1(Gemm g, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c) {
    const int m = blockIdx.y * ROWS + threadIdx.x / COLUMNS;
    const int n = blockIdx.x * COLUMNS + threadIdx.x % COLUMNS;
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
