// pointwise.cu -- element by element: functions of one array, of two that broadcast, choices, dropout.
//   unary    y = f(x)                     dx (+)= f'(x or y) * dy        all dense, n elements
//   binary   y = a o b                    g  (+)= dy * d(a o b)/da       y, dy, g dense; a, b by strides, 0 where they
//   where    y = c != 0 ? a : b           g  (+)= c != 0 == chosen ? dy : 0           are repeated
//   dropout  y (+)= kept(i) ? x / (1-p) : 0, the mask drawn anew in each direction
//   The gradient of an operand that was repeated is the sum of g over the repeated axes: reduce.cu does that.
// Oracle engine.cpu.ref.RefPointwise | Launch 1-D, block 256, any grid | Bound by memory
#include "functions.cuh"
#include "grid.cuh"
#include "philox.cuh"

extern "C" __global__ void unary_forward(int kind, float a, float b, const float* x, float* y, int n) {
    GRID_STRIDE(i, n) {
        y[i] = valueOf(kind, a, b, x[i]);
    }
}

// `given` is the input or the output of the function, or null where neither is needed.
extern "C" __global__ void unary_backward(int kind, float a, float b, const float* given, const float* dy, float* dx,
        int n, int add) {
    GRID_STRIDE(i, n) {
        const float g = slopeOf(kind, a, b, given != 0 ? given[i] : 0.0f) * dy[i];
        dx[i] = add ? dx[i] + g : g;
    }
}

// ---- two operands; mirrors dev.sextant.kernels.Broadcast ----

#define AXES 6
struct Broadcast {
    int extent[AXES];
    int a[AXES], b[AXES], c[AXES];          // strides of the operands
    int count;                              // product of the extents
};

struct Places {
    long long a, b, c;
};

__device__ __forceinline__ Places placesOf(const Broadcast& w, int i) {
    Places at = {0, 0, 0};
    #pragma unroll
    for (int axis = AXES - 1; axis >= 0; axis--) {
        const int k = i % w.extent[axis];
        i /= w.extent[axis];
        at.a += (long long) k * w.a[axis];
        at.b += (long long) k * w.b[axis];
        at.c += (long long) k * w.c[axis];
    }
    return at;
}

// The places of dev.sextant.engine.op.BinarySpec.Kind.
enum { B_ADD, B_SUB, B_MUL, B_DIV, B_POW, B_MAXIMUM, B_MINIMUM };

__device__ __forceinline__ float combine(int kind, float a, float b) {
    switch (kind) {
        case B_ADD: return a + b;
        case B_SUB: return a - b;
        case B_MUL: return a * b;
        case B_DIV: return a / b;
        case B_POW: return powf(a, b);
        case B_MAXIMUM: return a != a || a > b ? a : b;
        default: return a != a || a < b ? a : b;
    }
}

__device__ __forceinline__ float slopeA(int kind, float a, float b) {
    switch (kind) {
        case B_MUL: return b;
        case B_DIV: return 1.0f / b;
        case B_POW: return b == 0.0f ? 0.0f : b * powf(a, b - 1.0f);
        case B_MAXIMUM: return a > b ? 1.0f : a == b ? 0.5f : 0.0f;
        case B_MINIMUM: return a < b ? 1.0f : a == b ? 0.5f : 0.0f;
        default: return 1.0f;
    }
}

__device__ __forceinline__ float slopeB(int kind, float a, float b) {
    switch (kind) {
        case B_ADD: return 1.0f;
        case B_SUB: return -1.0f;
        case B_MUL: return a;
        case B_DIV: return -a / (b * b);
        case B_POW: return a == 0.0f && b >= 0.0f ? 0.0f : powf(a, b) * logf(a);
        case B_MAXIMUM: return a < b ? 1.0f : a == b ? 0.5f : 0.0f;
        default: return a > b ? 1.0f : a == b ? 0.5f : 0.0f;
    }
}

extern "C" __global__ void binary_forward(Broadcast w, int kind, const float* a, const float* b, float* y) {
    GRID_STRIDE(i, w.count) {
        const Places at = placesOf(w, (int) i);
        y[i] = combine(kind, a[at.a], b[at.b]);
    }
}

extern "C" __global__ void binary_slope(Broadcast w, int kind, int ofB, const float* a, const float* b,
        const float* dy, float* g, int add) {
    GRID_STRIDE(i, w.count) {
        const Places at = placesOf(w, (int) i);
        const float av = a[at.a], bv = b[at.b], v = dy[i] * (ofB ? slopeB(kind, av, bv) : slopeA(kind, av, bv));
        g[i] = add ? g[i] + v : v;
    }
}

// A condition is int or float: zero is zero bits, and in a float the sign does not count.
__device__ __forceinline__ bool holds(unsigned bits, int isFloat) {
    return (isFloat ? bits & 0x7fffffffu : bits) != 0;
}

extern "C" __global__ void where_forward(Broadcast w, int isFloat, const unsigned* a, const unsigned* b,
        const unsigned* c, unsigned* y) {
    GRID_STRIDE(i, w.count) {
        const Places at = placesOf(w, (int) i);
        y[i] = holds(c[at.c], isFloat) ? a[at.a] : b[at.b];
    }
}

extern "C" __global__ void where_slope(Broadcast w, int isFloat, int chosen, const unsigned* c, const float* dy,
        float* g, int add) {
    GRID_STRIDE(i, w.count) {
        const float v = holds(c[placesOf(w, (int) i).c], isFloat) == (chosen != 0) ? dy[i] : 0.0f;
        g[i] = add ? g[i] + v : v;
    }
}

// Kept where the number of that index, 24 random bits, is not below `least`.
extern "C" __global__ void dropout(Philox random, int least, float scale, const float* x, float* y, int n, int add) {
    GRID_STRIDE(i, n) {
        const float v = (int) (randomBits(random, i) >> 8) >= least ? x[i] * scale : 0.0f;
        y[i] = add ? y[i] + v : v;
    }
}
