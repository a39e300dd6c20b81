// tensor.cuh -- one tensor-core instruction: D = A*B + D for a 16x8 tile of D, 8 steps deep, by the 32 lanes of a warp
// together. A and B are TF32: float32 with 10 bits of fraction in place of 23. Products are exact and the sums float32,
// in an order and with a rounding that NVIDIA leaves open. Needs sm_80.
// Who holds what (PTX ISA, mma.m16n8k8), with g = lane/4 and t = lane%4:
//   a[0] A[g][t]    a[1] A[g+8][t]      a[2] A[g][t+4]    a[3] A[g+8][t+4]
//   b[0] B[t][g]    b[1] B[t+4][g]
//   d[0] D[g][2t]   d[1] D[g][2t+1]     d[2] D[g+8][2t]   d[3] D[g+8][2t+1]
#pragma once

#ifndef SIMULATED_TENSOR_CORES          // the simulator has both functions itself
// The nearest TF32 number; halfway cases away from zero. Its low 13 bits are zero, so it is a float too.
__device__ __forceinline__ float toTf32(float v) {
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(v));
    return __int_as_float((int) bits);
}

__device__ __forceinline__ void mmaTf32(float (&d)[4], const float (&a)[4], const float (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(__float_as_int(a[0])), "r"(__float_as_int(a[1])), "r"(__float_as_int(a[2])), "r"(__float_as_int(a[3])),
          "r"(__float_as_int(b[0])), "r"(__float_as_int(b[1])));
}
#endif
