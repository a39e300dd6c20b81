// gemm.cuh -- the problem that every SGEMM rung solves, and its addressing.
//   C[b, m, n] (+)= sum over k < K of A[b, m, k] * B[b, k, n]        fp32, sums in the order of k, one fmaf each
// Operands are given by strides (in elements), so a transposed operand is one whose two strides are exchanged, a
// broadcast batch axis is one whose stride is 0, and a view needs no copy.
// Launch: grid (tiles of N, tiles of M, batches, at most 65535), block as the rung says.
// Mirrors dev.sextant.kernels.gemm.GemmProblem, field by field.
#pragma once

struct Gemm {
    int M, N, K;
    int aRow, aCol, bRow, bCol, cRow, cCol;     // A[m, k] lies at m*aRow + k*aCol; B and C alike
    int add;                                    // 0: C = A*B;  1: C += A*B
    int batches, batch1, batch2;                // batch index = (i0*batch1 + i1)*batch2 + i2
    int aBatch0, aBatch1, aBatch2, bBatch0, bBatch1, bBatch2, cBatch0, cBatch1, cBatch2;
};

// The three operands of one batch entry.
struct Operands {
    const float* a;
    const float* b;
    float* c;
};

__device__ __forceinline__ Operands operandsOf(const Gemm& g, int batch, const float* a, const float* b, float* c) {
    int i2 = batch % g.batch2, i1 = batch / g.batch2 % g.batch1, i0 = batch / g.batch2 / g.batch1;
    Operands at;
    at.a = a + (long long) i0 * g.aBatch0 + (long long) i1 * g.aBatch1 + (long long) i2 * g.aBatch2;
    at.b = b + (long long) i0 * g.bBatch0 + (long long) i1 * g.bBatch1 + (long long) i2 * g.bBatch2;
    at.c = c + (long long) i0 * g.cBatch0 + (long long) i1 * g.cBatch1 + (long long) i2 * g.cBatch2;
    return at;
}

// The write rule of every backward kernel: set the first contribution, add the later ones.
__device__ __forceinline__ void put(float* c, float value, int add) {
    *c = add ? *c + value : value;
}
