// split.cu -- the last stage of a product (or a bias's gradient) whose sum was cut into parts: adds the parts up, in their order.
//   to[i] (+)= sum over part < parts of from[part*n + i]
// A product with few results and a long sum would keep a few multiprocessors busy and the rest waiting; in parts it
// fills the device. No atomics: the same bits on every run.
// Oracle engine.cpu.ref | Launch 1-D, block 256, any grid | Bound by memory
#include "grid.cuh"

extern "C" __global__ void add_parts(int n, int parts, const float* __restrict__ from, float* __restrict__ to,
        int add) {
    GRID_STRIDE(i, n) {
        float sum = add ? to[i] : 0.0f;
        #pragma unroll 8                    // the additions wait for each other, their loads need not
        for (int part = 0; part < parts; part++) {
            sum += from[(long long) part * n + i];
        }
        to[i] = sum;
    }
}
