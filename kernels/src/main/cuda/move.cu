// move.cu -- filling and copying arrays of any strides; both element types have 4 bytes.
//   fill:  y[i] = value                       copy:  y[i] = x[i]   or   y[i] += x[i]
// The extents are those of both arrays with neighbouring axes merged where memory allows, innermost last, and 1 in
// front where there are fewer than six. Mirrors dev.sextant.kernels.StridedWalk.
// Oracle engine.cpu.ref | Launch 1-D, block 256, any grid | Bound by memory
#include "grid.cuh"

#define AXES 6
struct Walk {
    int extent[AXES];
    int xStride[AXES], yStride[AXES];
    int count;                              // product of the extents
};

// Element i of the walk -> its places in x and y.
__device__ __forceinline__ void locate(const Walk& w, int i, long long* x, long long* y) {
    *x = 0;
    *y = 0;
    #pragma unroll
    for (int axis = AXES - 1; axis >= 0; axis--) {
        int at = i % w.extent[axis];
        i /= w.extent[axis];
        *x += (long long) at * w.xStride[axis];
        *y += (long long) at * w.yStride[axis];
    }
}

extern "C" __global__ void fill_bits(Walk w, unsigned int* __restrict__ y, unsigned int bits) {
    GRID_STRIDE(i, w.count) {
        long long from, to;
        locate(w, (int) i, &from, &to);
        y[to] = bits;
    }
}

extern "C" __global__ void copy_bits(Walk w, const unsigned int* __restrict__ x, unsigned int* __restrict__ y) {
    GRID_STRIDE(i, w.count) {
        long long from, to;
        locate(w, (int) i, &from, &to);
        y[to] = x[from];
    }
}

extern "C" __global__ void add_f32(Walk w, const float* __restrict__ x, float* __restrict__ y) {
    GRID_STRIDE(i, w.count) {
        long long from, to;
        locate(w, (int) i, &from, &to);
        y[to] += x[from];
    }
}

extern "C" __global__ void add_i32(Walk w, const int* __restrict__ x, int* __restrict__ y) {
    GRID_STRIDE(i, w.count) {
        long long from, to;
        locate(w, (int) i, &from, &to);
        y[to] += x[from];
    }
}
