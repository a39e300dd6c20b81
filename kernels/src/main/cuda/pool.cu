// pool.cu -- max and average pooling, by window or to a fixed size, and their gradients. N and C are one plane index.
//   x, dx: [planes, H, W]      y, dy, at: [planes, P, Q]      at = h*W + w of the winner
//   First wins a tie, not-a-number wins over numbers, padding never wins. R = 0 says "to a fixed size": output p then
//   covers rows floor(p*H/P) .. ceil((p+1)*H/P) - 1.
//   Backward gathers: a thread owns one element of dx and looks at the windows that hold it. No atomics, the same bits
//   on every run.
// Oracle engine.cpu.ref.RefPool | Launch 1-D, block 256, any grid | Bound by memory
#include "grid.cuh"

// Mirrors dev.sextant.kernels.PoolWindow.
struct Pool {
    int planes, H, W, P, Q, R, S, strideH, strideW, padH, padW, dilationH, dilationW, countPadding;
};

// Positions first, first + step, .. < end of one axis; `counted` of them, padding included where it counts.
struct Span {
    int first, end, step, counted;
};

__device__ __forceinline__ int countOf(int first, int end, int step) {
    return end > first ? (end - first + step - 1) / step : 0;
}

__device__ __forceinline__ Span spanOf(int p, int extent, int outputs, int kernel, int stride, int pad, int dilation,
        int countPadding) {
    Span s;
    if (kernel == 0) {
        s.first = (int) ((long long) p * extent / outputs);
        s.end = (int) (((long long) (p + 1) * extent + outputs - 1) / outputs);
        s.step = 1;
        s.counted = s.end - s.first;
        return s;
    }
    const int start = p * stride - pad, end = start + dilation * (kernel - 1) + 1;
    s.first = start < 0 ? start + (-start + dilation - 1) / dilation * dilation : start;
    s.end = min(end, extent);
    s.step = dilation;
    s.counted = countPadding ? countOf(start, min(end, extent + pad), dilation) : countOf(s.first, s.end, dilation);
    return s;
}

__device__ __forceinline__ Span rowsOf(const Pool& g, int p) {
    return spanOf(p, g.H, g.P, g.R, g.strideH, g.padH, g.dilationH, g.countPadding);
}
__device__ __forceinline__ Span columnsOf(const Pool& g, int q) {
    return spanOf(q, g.W, g.Q, g.S, g.strideW, g.padW, g.dilationW, g.countPadding);
}

// The outputs whose window may hold position h: from first to last.
struct Outputs {
    int first, last;
};

__device__ __forceinline__ Outputs outputsOf(int h, int extent, int outputs, int kernel, int stride, int pad,
        int dilation) {
    if (kernel == 0) {
        return {(int) ((long long) h * outputs / extent),
            (int) (((long long) (h + 1) * outputs + extent - 1) / extent) - 1};
    }
    const int reach = h + pad - dilation * (kernel - 1);
    return {reach <= 0 ? 0 : (reach + stride - 1) / stride, min(outputs - 1, (h + pad) / stride)};
}

__device__ __forceinline__ bool holds(const Span& s, int h) {
    return h >= s.first && h < s.end && (h - s.first) % s.step == 0;
}

// y and at may each be null.
extern "C" __global__ void max_pool(Pool g, const float* __restrict__ x, float* __restrict__ y,
        int* __restrict__ at) {
    GRID_STRIDE(i, (long long) g.planes * g.P * g.Q) {          // i -> (plane, p, q)
        const float* plane = x + i / g.Q / g.P * g.H * g.W;
        const Span rows = rowsOf(g, (int) (i / g.Q % g.P)), columns = columnsOf(g, (int) (i % g.Q));
        int winner = rows.first * g.W + columns.first;
        float best = plane[winner];
        for (int h = rows.first; h < rows.end; h += rows.step) {
            for (int w = columns.first; w < columns.end; w += columns.step) {
                const float v = plane[h * g.W + w];
                if (v > best || v != v) {
                    best = v;
                    winner = h * g.W + w;
                }
            }
        }
        if (y != 0) {
            y[i] = best;
        }
        if (at != 0) {
            at[i] = winner;
        }
    }
}

extern "C" __global__ void max_pool_backward(Pool g, const float* __restrict__ dy, const int* __restrict__ at,
        float* __restrict__ dx, int add) {
    GRID_STRIDE(i, (long long) g.planes * g.H * g.W) {          // i -> (plane, h, w)
        const int w = (int) (i % g.W), h = (int) (i / g.W % g.H);
        const long long out = i / g.W / g.H * g.P * g.Q;
        const Outputs down = outputsOf(h, g.H, g.P, g.R, g.strideH, g.padH, g.dilationH);
        const Outputs across = outputsOf(w, g.W, g.Q, g.S, g.strideW, g.padW, g.dilationW);
        float sum = 0.0f;
        for (int p = down.first; p <= down.last; p++) {
            for (int q = across.first; q <= across.last; q++) {
                if (at[out + p * g.Q + q] == h * g.W + w) {
                    sum += dy[out + p * g.Q + q];
                }
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}

extern "C" __global__ void avg_pool(Pool g, const float* __restrict__ x, float* __restrict__ y) {
    GRID_STRIDE(i, (long long) g.planes * g.P * g.Q) {
        const float* plane = x + i / g.Q / g.P * g.H * g.W;
        const Span rows = rowsOf(g, (int) (i / g.Q % g.P)), columns = columnsOf(g, (int) (i % g.Q));
        float sum = 0.0f;
        for (int h = rows.first; h < rows.end; h += rows.step) {
            for (int w = columns.first; w < columns.end; w += columns.step) {
                sum += plane[h * g.W + w];
            }
        }
        y[i] = sum / (rows.counted * columns.counted);
    }
}

extern "C" __global__ void avg_pool_backward(Pool g, const float* __restrict__ dy, float* __restrict__ dx, int add) {
    GRID_STRIDE(i, (long long) g.planes * g.H * g.W) {
        const int w = (int) (i % g.W), h = (int) (i / g.W % g.H);
        const long long out = i / g.W / g.H * g.P * g.Q;
        const Outputs down = outputsOf(h, g.H, g.P, g.R, g.strideH, g.padH, g.dilationH);
        const Outputs across = outputsOf(w, g.W, g.Q, g.S, g.strideW, g.padW, g.dilationW);
        float sum = 0.0f;
        for (int p = down.first; p <= down.last; p++) {
            const Span rows = rowsOf(g, p);
            for (int q = across.first; holds(rows, h) && q <= across.last; q++) {
                const Span columns = columnsOf(g, q);
                if (holds(columns, w)) {
                    sum += dy[out + p * g.Q + q] / (rows.counted * columns.counted);
                }
            }
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}
