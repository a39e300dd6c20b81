// conv_implicit.cu -- convolution, rung 2: im2col's product without its matrix. Geometry: conv.cuh.
//   A block computes a tile of a product as sgemm_k7 does, but computes where each patch element lies instead of reading
//   it from a matrix of patches. A tile has 128 columns and 64 rows, or 32 where more would mostly be padding.
//              rows           columns        summed over
//   forward    filters k      (n, p, q)      (c, r, s)
//   data       channels c     (n, h, v)      (k, r, s)
//   filter     filters k      (c, r, s)      (n, p, q)
//   Divisions are what that costs, so they are shared: where an element lies is a part that its column decides plus a
//   part that its step of the sum decides (Place). A block divides once per column, and once per step, for all columns.
//   Sums may be long where results are few, so the sum is cut into parts, computed by blocks of their own: part i of the
//   result lies at i*partSize, and split.cu adds them in order.
// Oracle engine.cpu.ref.RefConv | Launch grid (ceil(columns/128), ceil(rows/ROWS), groups*parts), block 4*ROWS
// Bound by FMA issue, then by the loader's integer arithmetic
#include "conv.cuh"
#include "panel.cuh"

#define COLUMNS 128
#define DEPTH 8
#define WARP_ROWS 32
#define WARP_COLUMNS 32
#define DOWN 4                  // rows and columns of a thread's piece
#define ACROSS 8
#define OUTSIDE (-0x40000000)

// A part of where an element lies: in A, in B, and in which row and column of B's images. The sum of a column's part and
// a step's part is the whole. OUTSIDE is a row that no image has, and a step's negative `a` is no element of A.
struct __align__(16) Place {
    int a, b, h, v;
};

// What a product is made of. `result` is where row m of column j goes.
struct Product {
    const float *a, *b;
    int rows, columns, depth, aStride, height, width, strideH, strideW;
};

__device__ __forceinline__ int ownGroup(const Conv& g) {
    return blockIdx.z % g.groups;
}

// y = w * patches(x)
struct Forward {
    Conv g;

    __device__ __forceinline__ Product product(const float* w, const float* x) const {
        const int rows = g.K / g.groups, depth = g.C / g.groups * g.R * g.S;
        return {w + (long long) ownGroup(g) * rows * depth, x, rows, g.N * g.P * g.Q, depth, depth, g.H, g.W, 1, 1};
    }
    __device__ __forceinline__ Place step(int k) const {
        const int v = k % g.S * g.dilationW, h = k / g.S % g.R * g.dilationH, c = k / g.S / g.R;
        return {k, (c * g.H + h) * g.W + v, h, v};
    }
    __device__ __forceinline__ Place column(int j) const {
        const int q = j % g.Q, p = j / g.Q % g.P, n = j / g.Q / g.P;
        const int h = p * g.strideH - g.padH, v = q * g.strideW - g.padW;
        return {0, ((n * g.C + ownGroup(g) * (g.C / g.groups)) * g.H + h) * g.W + v, h, v};
    }
    __device__ __forceinline__ long long result(int m, int j) const {
        const int pq = j % (g.P * g.Q), n = j / (g.P * g.Q);
        return ((long long) n * g.K + ownGroup(g) * (g.K / g.groups) + m) * g.P * g.Q + pq;
    }
};

// dx (+)= w' * patches(dz). Rows and columns count positions of dx; of those, every stride-th is one of dz.
struct BackwardData {
    Conv g;

    __device__ __forceinline__ Product product(const float* w, const float* dz) const {
        const int rows = g.C / g.groups, filters = g.K / g.groups, taps = g.R * g.S;
        return {w + (long long) ownGroup(g) * filters * rows * taps, dz, rows, g.N * g.H * g.W, filters * taps, taps,
            g.P, g.Q, g.strideH, g.strideW};
    }
    __device__ __forceinline__ Place step(int k) const {
        const int taps = g.R * g.S, filter = k / taps, rs = k % taps;
        const int h = rs / g.S * g.dilationH, v = rs % g.S * g.dilationW;
        return {filter * (g.C / g.groups) * taps + rs, (filter * g.P - h) * g.Q - v, -h, -v};
    }
    __device__ __forceinline__ Place column(int j) const {
        const int v = j % g.W + g.padW, h = j / g.W % g.H + g.padH, n = j / g.W / g.H;
        return {0, ((n * g.K + ownGroup(g) * (g.K / g.groups)) * g.P + h) * g.Q + v, h, v};
    }
    __device__ __forceinline__ long long result(int m, int j) const {
        const int hv = j % (g.H * g.W), n = j / (g.H * g.W);
        return ((long long) n * g.C + ownGroup(g) * (g.C / g.groups) + m) * g.H * g.W + hv;
    }
};

// dw (+)= dz * patches(x)'
struct BackwardFilter {
    Conv g;

    __device__ __forceinline__ Product product(const float* dz, const float* x) const {
        const int rows = g.K / g.groups, pixels = g.P * g.Q;
        return {dz + (long long) ownGroup(g) * rows * pixels, x, rows, g.C / g.groups * g.R * g.S, g.N * pixels, pixels,
            g.H, g.W, 1, 1};
    }
    __device__ __forceinline__ Place step(int k) const {
        const int q = k % g.Q, p = k / g.Q % g.P, n = k / g.Q / g.P;
        const int h = p * g.strideH - g.padH, v = q * g.strideW - g.padW;
        return {(n * g.K * g.P + p) * g.Q + q, (n * g.C * g.H + h) * g.W + v, h, v};
    }
    __device__ __forceinline__ Place column(int j) const {
        const int v = j % g.S * g.dilationW, h = j / g.S % g.R * g.dilationH, c = j / g.S / g.R;
        return {0, ((ownGroup(g) * (g.C / g.groups) + c) * g.H + h) * g.W + v, h, v};
    }
    __device__ __forceinline__ long long result(int m, int j) const {
        const int columns = g.C / g.groups * g.R * g.S;
        return (long long) (ownGroup(g) * (g.K / g.groups) + m) * columns + j;
    }
};

// An element of B, zero outside its image. Which of the two divisions are needed is the same for the whole grid.
__device__ __forceinline__ float patch(const Product& p, const Place& column, const Place& step) {
    int h = column.h + step.h, v = column.v + step.v, at = column.b + step.b;
    if (p.strideH > 1 || p.strideW > 1) {
        if (h < 0 || h % p.strideH != 0 || v < 0 || v % p.strideW != 0) {
            return 0.0f;
        }
        at -= h * p.width + v;
        h /= p.strideH;
        v /= p.strideW;
        at += h * p.width + v;
    }
    return (unsigned) h < (unsigned) p.height && (unsigned) v < (unsigned) p.width ? p.b[at] : 0.0f;
}

// The product. ALONG_STEPS: B's elements are neighbours along the sum, so neighbouring threads take neighbouring steps;
// else every thread keeps to one column. A's elements always are neighbours along the sum. A block keeps two panels of A
// and of B, so that the next is fetched while the other is used.
template <int ROWS, bool ALONG_STEPS, class Problem>
__device__ __forceinline__ void implicitGemm(const Problem& problem, const float* a, const float* b, float* c, int add,
        int partDepth, int partSize, float (*as)[DEPTH][ROWS + PAD], float (*bs)[DEPTH][COLUMNS + PAD],
        Place (*steps)[DEPTH], Place* columns) {
    constexpr int THREADS = 4 * ROWS, A_EACH = ROWS * DEPTH / THREADS, B_EACH = COLUMNS * DEPTH / THREADS;
    const int t = threadIdx.x, warp = t / 32, lane = t % 32;
    const int row = warp / 4 * WARP_ROWS + lane / 4 * DOWN, column = warp % 4 * WARP_COLUMNS + lane % 4 * 4;
    const int m0 = blockIdx.y * ROWS, j0 = blockIdx.x * COLUMNS;
    const Product p = problem.product(a, b);
    const int part = blockIdx.z / problem.g.groups;
    const int begin = part * partDepth, end = min(p.depth, begin + partDepth);
    const Place none = {-1, 0, OUTSIDE, OUTSIDE};
    float sum[DOWN][ACROSS] = {};
    float nextA[A_EACH], nextB[B_EACH];

    const Place mine = j0 + t % COLUMNS < p.columns ? problem.column(j0 + t % COLUMNS) : none;
    if (t < COLUMNS) {
        columns[t] = mine;
    }
    if (t < DEPTH) {
        steps[0][t] = begin + t < end ? problem.step(begin + t) : none;
    }
    __syncthreads();
    // The first round only fetches, the last only computes.
    for (int k0 = begin - DEPTH, now = 1; k0 < end; k0 += DEPTH, now ^= 1) {
        #pragma unroll
        for (int i = 0; i < A_EACH; i++) {
            const int m = m0 + t / DEPTH + THREADS / DEPTH * i, at = steps[now ^ 1][t % DEPTH].a;
            nextA[i] = at >= 0 && m < p.rows ? p.a[(long long) m * p.aStride + at] : 0.0f;
        }
        #pragma unroll
        for (int i = 0; i < B_EACH; i++) {
            nextB[i] = ALONG_STEPS ? patch(p, columns[t / DEPTH + THREADS / DEPTH * i], steps[now ^ 1][t % DEPTH])
                : patch(p, mine, steps[now ^ 1][t / COLUMNS + THREADS / COLUMNS * i]);
        }
        if (k0 >= begin) {
            #pragma unroll
            for (int k = 0; k < DEPTH; k++) {
                float av[DOWN], bv[ACROSS];
                unpack(av, &as[now][k][row]);
                unpack(bv, &bs[now][k][column]);
                unpack(bv + 4, &bs[now][k][column + WARP_COLUMNS / 2]);
                #pragma unroll
                for (int i = 0; i < DOWN; i++) {
                    #pragma unroll
                    for (int j = 0; j < ACROSS; j++) {
                        sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                    }
                }
            }
        }
        #pragma unroll
        for (int i = 0; i < A_EACH; i++) {
            as[now ^ 1][t % DEPTH][t / DEPTH + THREADS / DEPTH * i] = nextA[i];
        }
        #pragma unroll
        for (int i = 0; i < B_EACH; i++) {
            const int k = ALONG_STEPS ? t % DEPTH : t / COLUMNS + THREADS / COLUMNS * i;
            bs[now ^ 1][k][ALONG_STEPS ? t / DEPTH + THREADS / DEPTH * i : t % COLUMNS] = nextB[i];
        }
        // Places two panels ahead, where those of the current panel were.
        if (t < DEPTH) {
            const int k = k0 + 2 * DEPTH + t;
            steps[now][t] = k < end ? problem.step(k) : none;
        }
        __syncthreads();
    }

    c += (long long) part * partSize;
    #pragma unroll
    for (int j = 0; j < ACROSS; j++) {
        const int at = j0 + column + j / 4 * (WARP_COLUMNS / 2) + j % 4;
        #pragma unroll
        for (int i = 0; i < DOWN; i++) {
            const int m = m0 + row + i;
            if (m < p.rows && at < p.columns) {
                float* to = c + problem.result(m, at);
                *to = add ? *to + sum[i][j] : sum[i][j];
            }
        }
    }
}

// What a block keeps, and the call.
#define RUN(ROWS, ALONG_STEPS, PROBLEM, A, B, C) \
    __shared__ __align__(16) float as[2][DEPTH][ROWS + PAD]; \
    __shared__ __align__(16) float bs[2][DEPTH][COLUMNS + PAD]; \
    __shared__ Place steps[2][DEPTH]; \
    __shared__ Place columns[COLUMNS]; \
    implicitGemm<ROWS, ALONG_STEPS>(PROBLEM{g}, A, B, C, add, partDepth, partSize, as, bs, steps, columns);

extern "C" __global__ void __launch_bounds__(256)
conv_implicit_forward(Conv g, const float* __restrict__ w, const float* __restrict__ x,
        float* __restrict__ y, int add, int partDepth, int partSize) {
    RUN(64, false, Forward, w, x, y)
}

extern "C" __global__ void __launch_bounds__(256)
conv_implicit_backward_data(Conv g, const float* __restrict__ w, const float* __restrict__ dz,
        float* __restrict__ dx, int add, int partDepth, int partSize) {
    RUN(64, false, BackwardData, w, dz, dx)
}

extern "C" __global__ void __launch_bounds__(256)
conv_implicit_backward_filter(Conv g, const float* __restrict__ dz, const float* __restrict__ x,
        float* __restrict__ dw, int add, int partDepth, int partSize) {
    RUN(64, true, BackwardFilter, dz, x, dw)
}

extern "C" __global__ void __launch_bounds__(128)
conv_implicit_forward_32(Conv g, const float* __restrict__ w, const float* __restrict__ x,
        float* __restrict__ y, int add, int partDepth, int partSize) {
    RUN(32, false, Forward, w, x, y)
}

extern "C" __global__ void __launch_bounds__(128)
conv_implicit_backward_data_32(Conv g, const float* __restrict__ w, const float* __restrict__ dz,
        float* __restrict__ dx, int add, int partDepth, int partSize) {
    RUN(32, false, BackwardData, w, dz, dx)
}

extern "C" __global__ void __launch_bounds__(128)
conv_implicit_backward_filter_32(Conv g, const float* __restrict__ dz, const float* __restrict__ x,
        float* __restrict__ dw, int add, int partDepth, int partSize) {
    RUN(32, true, BackwardFilter, dz, x, dw)
}
