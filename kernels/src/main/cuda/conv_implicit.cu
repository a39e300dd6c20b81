// conv_implicit.cu -- convolution, rung 2: im2col's product without its matrix. Geometry: conv.cuh.
//   A block computes a 64x64 tile of the product as sgemm_k4 does, but computes where each patch element lies instead
//   of reading it from a matrix of patches: index arithmetic in place of memory.
//              rows           columns        summed over
//   forward    filters k      (n, p, q)      (c, r, s)
//   data       channels c     (n, h, v)      (k, r, s)
//   filter     filters k      (c, r, s)      (n, p, q)
// Oracle engine.cpu.ref.RefConv | Launch grid (ceil(columns/64), ceil(rows/64), groups), block 256
// Bound by integer arithmetic of the loader, then FMA
#include "conv.cuh"

#define TILE 64
#define DEPTH 8
#define SIDE 16
#define PER_THREAD 4
#define THREADS 256

// y = w * patches(x)
struct Forward {
    Conv g;
    const float *x, *w;
    float* y;
    int group;

    __device__ __forceinline__ int rows() const { return g.K / g.groups; }
    __device__ __forceinline__ int columns() const { return g.N * g.P * g.Q; }
    __device__ __forceinline__ int depth() const { return g.C / g.groups * g.R * g.S; }
    __device__ __forceinline__ float a(int m, int k) const {
        return w[(long long) (group * rows() + m) * depth() + k];
    }
    __device__ __forceinline__ float b(int k, int column) const {
        const int s = k % g.S, r = k / g.S % g.R, c = k / g.S / g.R;
        const int q = column % g.Q, p = column / g.Q % g.P, n = column / g.Q / g.P;
        const int h = tap(p, r, g.strideH, g.padH, g.dilationH), v = tap(q, s, g.strideW, g.padW, g.dilationW);
        return h >= 0 && h < g.H && v >= 0 && v < g.W
            ? x[(((long long) n * g.C + group * (g.C / g.groups) + c) * g.H + h) * g.W + v] : 0.0f;
    }
    __device__ __forceinline__ void put(int m, int column, float sum) const {
        const int pq = column % (g.P * g.Q), n = column / (g.P * g.Q);
        y[((long long) n * g.K + group * rows() + m) * g.P * g.Q + pq] = sum;
    }
};

// dx (+)= w' * patches(dz)
struct BackwardData {
    Conv g;
    const float *dz, *w;
    float* dx;
    int add, group;

    __device__ __forceinline__ int rows() const { return g.C / g.groups; }
    __device__ __forceinline__ int columns() const { return g.N * g.H * g.W; }
    __device__ __forceinline__ int depth() const { return g.K / g.groups * g.R * g.S; }
    __device__ __forceinline__ float a(int m, int k) const {
        const int rs = k % (g.R * g.S), filter = group * (g.K / g.groups) + k / (g.R * g.S);
        return w[((long long) filter * rows() + m) * g.R * g.S + rs];
    }
    __device__ __forceinline__ float b(int k, int column) const {
        const int s = k % g.S, r = k / g.S % g.R, filter = group * (g.K / g.groups) + k / g.S / g.R;
        const int v = column % g.W, h = column / g.W % g.H, n = column / g.W / g.H;
        const int p = outputOf(h, r, g.strideH, g.padH, g.dilationH, g.P);
        const int q = outputOf(v, s, g.strideW, g.padW, g.dilationW, g.Q);
        return p >= 0 && q >= 0 ? dz[(((long long) n * g.K + filter) * g.P + p) * g.Q + q] : 0.0f;
    }
    __device__ __forceinline__ void put(int m, int column, float sum) const {
        const int hv = column % (g.H * g.W), n = column / (g.H * g.W);
        float* to = dx + ((long long) n * g.C + group * rows() + m) * g.H * g.W + hv;
        *to = add ? *to + sum : sum;
    }
};

// dw (+)= dz * patches(x)'
struct BackwardFilter {
    Conv g;
    const float *dz, *x;
    float* dw;
    int add, group;

    __device__ __forceinline__ int rows() const { return g.K / g.groups; }
    __device__ __forceinline__ int columns() const { return g.C / g.groups * g.R * g.S; }
    __device__ __forceinline__ int depth() const { return g.N * g.P * g.Q; }
    __device__ __forceinline__ float a(int m, int k) const {
        const int pq = k % (g.P * g.Q), n = k / (g.P * g.Q);
        return dz[((long long) n * g.K + group * rows() + m) * g.P * g.Q + pq];
    }
    __device__ __forceinline__ float b(int k, int column) const {
        const int s = column % g.S, r = column / g.S % g.R, c = column / g.S / g.R;
        const int q = k % g.Q, p = k / g.Q % g.P, n = k / g.Q / g.P;
        const int h = tap(p, r, g.strideH, g.padH, g.dilationH), v = tap(q, s, g.strideW, g.padW, g.dilationW);
        return h >= 0 && h < g.H && v >= 0 && v < g.W
            ? x[(((long long) n * g.C + group * (g.C / g.groups) + c) * g.H + h) * g.W + v] : 0.0f;
    }
    __device__ __forceinline__ void put(int m, int column, float sum) const {
        float* to = dw + (long long) (group * rows() + m) * columns() + column;
        *to = add ? *to + sum : sum;
    }
};

// The product of k4, whatever its operands are. ROWWISE: A's elements are neighbours along k, so threads walk k first.
template <bool ROWWISE, bool COLUMNWISE, class Problem>
__device__ __forceinline__ void implicitGemm(const Problem& problem, float (*as)[TILE + 4], float (*bs)[TILE + 4]) {
    const int t = threadIdx.x, tx = t % SIDE, ty = t / SIDE;
    const int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;
    const int rows = problem.rows(), columns = problem.columns(), depth = problem.depth();
    float sum[PER_THREAD][PER_THREAD] = {};

    for (int k0 = 0; k0 < depth; k0 += DEPTH) {
        #pragma unroll
        for (int e = t; e < TILE * DEPTH; e += THREADS) {
            const int k = ROWWISE ? e % DEPTH : e / TILE, m = ROWWISE ? e / DEPTH : e % TILE;
            as[k][m] = m0 + m < rows && k0 + k < depth ? problem.a(m0 + m, k0 + k) : 0.0f;
        }
        #pragma unroll
        for (int e = t; e < TILE * DEPTH; e += THREADS) {
            const int k = COLUMNWISE ? e % DEPTH : e / TILE, n = COLUMNWISE ? e / DEPTH : e % TILE;
            bs[k][n] = n0 + n < columns && k0 + k < depth ? problem.b(k0 + k, n0 + n) : 0.0f;
        }
        __syncthreads();
        #pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            float av[PER_THREAD], bv[PER_THREAD];
            #pragma unroll
            for (int i = 0; i < PER_THREAD; i++) {
                av[i] = as[k][ty + SIDE * i];
                bv[i] = bs[k][tx + SIDE * i];
            }
            #pragma unroll
            for (int i = 0; i < PER_THREAD; i++) {
                #pragma unroll
                for (int j = 0; j < PER_THREAD; j++) {
                    sum[i][j] = fmaf(av[i], bv[j], sum[i][j]);
                }
            }
        }
        __syncthreads();
    }

    #pragma unroll
    for (int i = 0; i < PER_THREAD; i++) {
        #pragma unroll
        for (int j = 0; j < PER_THREAD; j++) {
            const int m = m0 + ty + SIDE * i, n = n0 + tx + SIDE * j;
            if (m < rows && n < columns) {
                problem.put(m, n, sum[i][j]);
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
conv_implicit_forward(Conv g, const float* __restrict__ x, const float* __restrict__ w, float* __restrict__ y) {
    __shared__ float as[DEPTH][TILE + 4];
    __shared__ float bs[DEPTH][TILE + 4];
    implicitGemm<true, false>(Forward{g, x, w, y, (int) blockIdx.z}, as, bs);
}

extern "C" __global__ void __launch_bounds__(THREADS)
conv_implicit_backward_data(Conv g, const float* __restrict__ dz, const float* __restrict__ w,
        float* __restrict__ dx, int add) {
    __shared__ float as[DEPTH][TILE + 4];
    __shared__ float bs[DEPTH][TILE + 4];
    implicitGemm<false, false>(BackwardData{g, dz, w, dx, add, (int) blockIdx.z}, as, bs);
}

extern "C" __global__ void __launch_bounds__(THREADS)
conv_implicit_backward_filter(Conv g, const float* __restrict__ dz, const float* __restrict__ x,
        float* __restrict__ dw, int add) {
    __shared__ float as[DEPTH][TILE + 4];
    __shared__ float bs[DEPTH][TILE + 4];
    implicitGemm<true, true>(BackwardFilter{g, dz, x, dw, add, (int) blockIdx.z}, as, bs);
}
