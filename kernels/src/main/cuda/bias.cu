// bias.cu -- what follows a product: a bias per channel, an activation, and the bias's gradient.
//   y, dz: [outer, channels, inner]      bias, dbias: [channels]
//   forward:   y = act(y + bias)         backward:  dbias (+)= sum over outer and inner of dz
// Oracle engine.cpu.ref | Launch forward: 1-D, block 256, any grid; backward: grid channels x parts, block 256
// Bound by memory
#include "activation.cuh"
#include "grid.cuh"
#include "members.cuh"

struct Channels {
    int outer, channels, inner;
};

// bias may be null.
extern "C" __global__ void bias_activate(Channels g, int kind, float a, float b, const float* __restrict__ bias,
        float* __restrict__ y) {
    const Activation f = {kind, a, b};
    GRID_STRIDE(i, (long long) g.outer * g.channels * g.inner) {
        const int channel = i / g.inner % g.channels;
        y[i] = activate(f, bias != 0 ? y[i] + bias[channel] : y[i]);
    }
}

// To dbias[part][channel]; more than one part are added up by split.cu.
extern "C" __global__ void __launch_bounds__(THREADS)
bias_backward(Members m, const float* __restrict__ dz, float* __restrict__ dbias, int add) {
    __shared__ float partial[THREADS];
    float sum = 0.0f;
    #pragma unroll 4
    EACH_MEMBER(w, m) {
        sum += dz[w.at];
    }
    sum = foldBlock(partial, sum);
    if (threadIdx.x == 0) {
        float* to = dbias + blockIdx.y * m.numbers + blockIdx.x;
        *to = add ? *to + sum : sum;
    }
}
