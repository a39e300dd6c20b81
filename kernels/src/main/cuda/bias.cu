// bias.cu -- what follows a product: a bias per channel, an activation, and the bias's gradient.
//   y, dz: [outer, channels, inner]      bias, dbias: [channels]
//   forward:   y = act(y + bias)         backward:  dbias (+)= sum over outer and inner of dz
// Oracle engine.cpu.ref | Launch forward: 1-D, block 256, any grid; backward: grid channels, block 256
// Bound by memory
#include "activation.cuh"
#include "grid.cuh"

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

#define THREADS 256

// A block per channel; its threads sum in strides and fold in a fixed tree: the same bits on every run.
extern "C" __global__ void __launch_bounds__(THREADS)
bias_backward(Channels g, const float* __restrict__ dz, float* __restrict__ dbias, int add) {
    __shared__ float partial[THREADS];
    const int t = threadIdx.x, channel = blockIdx.x;
    float sum = 0.0f;
    for (long long i = t; i < (long long) g.outer * g.inner; i += THREADS) {
        sum += dz[(i / g.inner * g.channels + channel) * g.inner + i % g.inner];
    }
    partial[t] = sum;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) {
            partial[t] += partial[t + half];
        }
    }
    if (t == 0) {
        dbias[channel] = add ? dbias[channel] + partial[0] : partial[0];
    }
}
