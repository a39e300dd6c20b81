// index.cu -- moving elements by index, padding and resampling. All dense. Backward gathers: a thread owns one element
// of dx and looks for the results that came from it, so repeated indices add up without atomics, in a fixed order.
//   Along one axis x is [outer, extent, inner]; the host has checked that indices lie inside it.
// Oracle engine.cpu.ref.RefIndex | Launch 1-D, block 256, any grid | Bound by memory
#include "grid.cuh"

struct Axis {
    int outer, extent, inner, length;       // length: along the axis in y
};

extern "C" __global__ void index_select(Axis g, const unsigned* x, const int* index, unsigned* y) {
    GRID_STRIDE(i, (long long) g.outer * g.length * g.inner) {
        const int k = (int) (i % g.inner), j = (int) (i / g.inner % g.length);
        y[i] = x[(i / g.inner / g.length * g.extent + index[j]) * g.inner + k];
    }
}

extern "C" __global__ void index_select_backward(Axis g, const float* dy, const int* index, float* dx, int add) {
    GRID_STRIDE(i, (long long) g.outer * g.extent * g.inner) {
        const int k = (int) (i % g.inner), at = (int) (i / g.inner % g.extent);
        float sum = 0.0f;
        for (int j = 0; j < g.length; j++) {
            if (index[j] == at) {
                sum += dy[(i / g.inner / g.extent * g.length + j) * g.inner + k];
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}

// ---- gather: y has the index's extents, which may be shorter than x's on the other axes ----

#define RANK 6
struct Gather {
    int x[RANK], y[RANK];                   // extents, 1 in front
    int axis, xSize, ySize;
};

extern "C" __global__ void gather(Gather g, const unsigned* x, const int* index, unsigned* y) {
    GRID_STRIDE(i, g.ySize) {
        int rest = (int) i, stride = 1;
        long long from = 0;
        #pragma unroll
        for (int axis = RANK - 1; axis >= 0; axis--) {
            from += (long long) (axis == g.axis ? index[i] : rest % g.y[axis]) * stride;
            rest /= g.y[axis];
            stride *= g.x[axis];
        }
        y[i] = x[from];
    }
}

extern "C" __global__ void gather_backward(Gather g, const float* dy, const int* index, float* dx, int add) {
    GRID_STRIDE(i, g.xSize) {
        int rest = (int) i, stride = 1, along = 0, alongStride = 0, length = 0;
        long long line = 0;                 // place in y of the line through this element
        bool inside = true;
        #pragma unroll
        for (int axis = RANK - 1; axis >= 0; axis--) {
            const int at = rest % g.x[axis];
            rest /= g.x[axis];
            if (axis == g.axis) {
                along = at;
                alongStride = stride;
                length = g.y[axis];
            } else {
                inside = inside && at < g.y[axis];
                line += (long long) at * stride;
            }
            stride *= g.y[axis];
        }
        float sum = 0.0f;
        for (int j = 0; inside && j < length; j++) {
            const long long at = line + (long long) j * alongStride;
            if (index[at] == along) {
                sum += dy[at];
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}

extern "C" __global__ void one_hot(const int* labels, float* y, int classes, int n) {
    GRID_STRIDE(i, (long long) n * classes) {
        y[i] = labels[i / classes] == (int) (i % classes) ? 1.0f : 0.0f;
    }
}

// ---- padding of the last two axes ----

enum { PAD_CONSTANT, PAD_REFLECT, PAD_REPLICATE };

struct Padding {
    int planes, H, W, P, Q, mode, left, top;
};

// The position in x that stands at i, or -1.
__device__ __forceinline__ int inside(int mode, int i, int extent) {
    switch (mode) {
        case PAD_CONSTANT: return i < 0 || i >= extent ? -1 : i;
        case PAD_REPLICATE: return min(max(i, 0), extent - 1);
        default: return i < 0 ? -i : i >= extent ? 2 * (extent - 1) - i : i;
    }
}

extern "C" __global__ void pad(Padding g, float value, const float* x, float* y) {
    GRID_STRIDE(i, (long long) g.planes * g.P * g.Q) {
        const int h = inside(g.mode, (int) (i / g.Q % g.P) - g.top, g.H);
        const int w = inside(g.mode, (int) (i % g.Q) - g.left, g.W);
        y[i] = h < 0 || w < 0 ? value : x[(i / g.Q / g.P * g.H + h) * g.W + w];
    }
}

extern "C" __global__ void pad_backward(Padding g, const float* dy, float* dx, int add) {
    GRID_STRIDE(i, (long long) g.planes * g.H * g.W) {
        const int w = (int) (i % g.W), h = (int) (i / g.W % g.H);
        const long long plane = i / g.W / g.H;
        float sum = 0.0f;
        for (int p = 0; p < g.P; p++) {
            for (int q = 0; inside(g.mode, p - g.top, g.H) == h && q < g.Q; q++) {
                if (inside(g.mode, q - g.left, g.W) == w) {
                    sum += dy[(plane * g.P + p) * g.Q + q];
                }
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}

// ---- resampling ----

struct Resize {
    int planes, H, W, P, Q, bilinear, alignCorners;
};

// A position between two pixels: (1 - share) * x[low] + share * x[high].
struct Between {
    int low, high;
    float share;
};

__device__ __forceinline__ Between between(const Resize& g, int i, int in, int out) {
    if (!g.bilinear) {
        const int nearest = (int) ((long long) i * in / out);
        return {nearest, nearest, 0.0f};
    }
    const double at = g.alignCorners ? out == 1 ? 0.0 : (double) i * (in - 1) / (out - 1)
        : fmax(0.0, (i + 0.5) * in / out - 0.5);
    const int low = min((int) at, in - 1);
    return {low, min(low + 1, in - 1), (float) (at - low)};
}

// How much of pixel h there is at this position.
__device__ __forceinline__ float shareOf(const Between& b, int h) {
    return (b.low == h ? 1.0f - b.share : 0.0f) + (b.high == h ? b.share : 0.0f);
}

extern "C" __global__ void resize(Resize g, const float* x, float* y) {
    GRID_STRIDE(i, (long long) g.planes * g.P * g.Q) {
        const Between h = between(g, (int) (i / g.Q % g.P), g.H, g.P), w = between(g, (int) (i % g.Q), g.W, g.Q);
        const float* plane = x + i / g.Q / g.P * g.H * g.W;
        y[i] = (1.0f - h.share) * ((1.0f - w.share) * plane[h.low * g.W + w.low] + w.share * plane[h.low * g.W + w.high])
            + h.share * ((1.0f - w.share) * plane[h.high * g.W + w.low] + w.share * plane[h.high * g.W + w.high]);
    }
}

extern "C" __global__ void resize_backward(Resize g, const float* dy, float* dx, int add) {
    GRID_STRIDE(i, (long long) g.planes * g.H * g.W) {
        const int w = (int) (i % g.W), h = (int) (i / g.W % g.H);
        const long long plane = i / g.W / g.H;
        float sum = 0.0f;
        for (int p = 0; p < g.P; p++) {
            const float down = shareOf(between(g, p, g.H, g.P), h);
            for (int q = 0; down != 0.0f && q < g.Q; q++) {
                sum += down * shareOf(between(g, q, g.W, g.Q), w) * dy[(plane * g.P + p) * g.Q + q];
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}
