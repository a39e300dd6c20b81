// reduction.cuh -- which elements of a dense array meet in one result: the axes that are kept and the axes that are
// summed over, each merged where neighbours, innermost last, 1 in front. Mirrors dev.sextant.kernels.Reduction.
#pragma once

#define RANK 6
struct Reduction {
    int kept[RANK], keptStride[RANK];       // extents, and strides in x
    int sum[RANK], sumStride[RANK];
    int outputs, each;                      // products of the extents
};

__device__ __forceinline__ int placeOf(const int* extent, const int* stride, int i) {
    int at = 0;
    #pragma unroll
    for (int axis = RANK - 1; axis >= 0; axis--) {
        at += i % extent[axis] * stride[axis];
        i /= extent[axis];
    }
    return at;
}

// Place in x of member j of result o.
__device__ __forceinline__ int memberOf(const Reduction& r, int o, int j) {
    return placeOf(r.kept, r.keptStride, o) + placeOf(r.sum, r.sumStride, j);
}
