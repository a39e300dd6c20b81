// activation.cuh -- the activations that can be fused into another operation; the numbers are those of
// dev.sextant.kernels.Activations. PTX has no constants of its own here: a and b come with the launch.
#pragma once

enum { ACT_IDENTITY, ACT_RELU, ACT_SIGMOID, ACT_TANH, ACT_SCALED_TANH, ACT_HARDTANH };

struct Activation {
    int kind;
    float a, b;
};

__device__ __forceinline__ float activate(const Activation& f, float v) {
    switch (f.kind) {
        case ACT_RELU: return v > 0.0f || v != v ? v : 0.0f;
        case ACT_SIGMOID: return 1.0f / (1.0f + expf(-v));
        case ACT_TANH: return tanhf(v);
        case ACT_SCALED_TANH: return f.a * tanhf(f.b * v);
        case ACT_HARDTANH: return v < f.a ? f.a : v > f.b ? f.b : v;
        default: return v;
    }
}
