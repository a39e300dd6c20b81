// functions.cuh -- the element-wise functions and their derivatives. The numbers are the places of
// dev.sextant.engine.op.UnarySpec.Kind, whose documentation has formulas and conventions; a and b are its parameters.
#pragma once

enum { F_IDENTITY, F_RELU, F_SIGMOID, F_TANH, F_SCALED_TANH, F_HARDTANH, F_LEAKY_RELU, F_ELU, F_GELU, F_GELU_TANH,
    F_SILU, F_SOFTPLUS, F_SOFTSIGN, F_HARDSWISH, F_MISH, F_CLIP, F_EXP, F_LOG, F_LOG1P, F_EXPM1, F_SQRT, F_RSQRT,
    F_ABS, F_NEG, F_SQUARE, F_RECIPROCAL, F_SIN, F_COS, F_SIGN, F_FLOOR, F_CEIL, F_ROUND, F_ERF, F_POW, F_AFFINE };

#define PI 3.14159265358979323846
#define SQRT_HALF 0.70710678118654752440f
#define TWO_OVER_SQRT_PI 1.12837916709551257390f
#define GELU_SCALE 0.79788456080286535588f
#define GELU_CUBIC 0.044715f

__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
// log(1 + e^x) without overflow.
__device__ __forceinline__ float softplus(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }
// Not-a-number stays what it is, as in the oracle.
__device__ __forceinline__ float clip(float x, float low, float high) { return x < low ? low : x > high ? high : x; }
__device__ __forceinline__ float signOf(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }
__device__ __forceinline__ float normalCdf(float x) { return 0.5f * erfcf(-x * SQRT_HALF); }
__device__ __forceinline__ float geluInner(float x) { return GELU_SCALE * (x + GELU_CUBIC * x * x * x); }
// By way of half turns in double: sinf and cosf keep a table of pi on the stack for huge arguments.
__device__ __forceinline__ float sine(float x) { return (float) sinpi(x / PI); }
__device__ __forceinline__ float cosine(float x) { return (float) cospi(x / PI); }

__device__ __forceinline__ float valueOf(int kind, float a, float b, float x) {
    switch (kind) {
        case F_RELU: return x > 0.0f || x != x ? x : 0.0f;
        case F_SIGMOID: return sigmoid(x);
        case F_TANH: return tanhf(x);
        case F_SCALED_TANH: return a * tanhf(b * x);
        case F_HARDTANH: case F_CLIP: return clip(x, a, b);
        case F_LEAKY_RELU: return x > 0.0f ? x : a * x;
        case F_ELU: return x > 0.0f ? x : a * expm1f(x);
        case F_GELU: return x * normalCdf(x);
        case F_GELU_TANH: return 0.5f * x * (1.0f + tanhf(geluInner(x)));
        case F_SILU: return x * sigmoid(x);
        case F_SOFTPLUS: return a * x > b ? x : log1pf(expf(a * x)) / a;
        case F_SOFTSIGN: return x / (1.0f + fabsf(x));
        case F_HARDSWISH: return x * clip(x + 3.0f, 0.0f, 6.0f) / 6.0f;
        case F_MISH: return x * tanhf(softplus(x));
        case F_EXP: return expf(x);
        case F_LOG: return logf(x);
        case F_LOG1P: return log1pf(x);
        case F_EXPM1: return expm1f(x);
        case F_SQRT: return sqrtf(x);
        case F_RSQRT: return 1.0f / sqrtf(x);
        case F_ABS: return fabsf(x);
        case F_NEG: return -x;
        case F_SQUARE: return x * x;
        case F_RECIPROCAL: return 1.0f / x;
        case F_SIN: return sine(x);
        case F_COS: return cosine(x);
        case F_SIGN: return signOf(x);
        case F_FLOOR: return floorf(x);
        case F_CEIL: return ceilf(x);
        case F_ROUND: return rintf(x);
        case F_ERF: return erff(x);
        case F_POW: return powf(x, a);
        case F_AFFINE: return a * x + b;
        default: return x;
    }
}

// The derivative, from the output y where UnarySpec.Kind.usesOutput() says so, else from the input x: `v` is that one.
__device__ __forceinline__ float slopeOf(int kind, float a, float b, float v) {
    switch (kind) {
        case F_RELU: return v <= 0.0f ? 0.0f : 1.0f;
        case F_SIGMOID: return v * (1.0f - v);
        case F_TANH: return 1.0f - v * v;
        case F_SCALED_TANH: return b * (a - v * v / a);
        case F_HARDTANH: return v <= a || v >= b ? 0.0f : 1.0f;
        case F_LEAKY_RELU: return v > 0.0f ? 1.0f : a;
        case F_ELU: return v > 0.0f ? 1.0f : a * expf(v);
        case F_GELU: return normalCdf(v) + v * expf(-v * v * 0.5f) * (0.5f * TWO_OVER_SQRT_PI * SQRT_HALF);
        case F_GELU_TANH: {
            const float t = tanhf(geluInner(v));
            return 0.5f * (1.0f + t) + 0.5f * v * (1.0f - t * t) * GELU_SCALE * (1.0f + 3.0f * GELU_CUBIC * v * v);
        }
        case F_SILU: return sigmoid(v) * (1.0f + v * sigmoid(-v));
        case F_SOFTPLUS: return a * v > b ? 1.0f : sigmoid(a * v);
        case F_SOFTSIGN: return 1.0f / ((1.0f + fabsf(v)) * (1.0f + fabsf(v)));
        case F_HARDSWISH: return v < -3.0f ? 0.0f : v < 3.0f ? v / 3.0f + 0.5f : 1.0f;
        case F_MISH: {
            const float t = tanhf(softplus(v));
            return t + v * (1.0f - t * t) * sigmoid(v);
        }
        case F_CLIP: return v < a || v > b ? 0.0f : 1.0f;
        case F_EXP: return v;
        case F_LOG: return 1.0f / v;
        case F_LOG1P: return 1.0f / (1.0f + v);
        case F_EXPM1: return v + 1.0f;
        case F_SQRT: return 0.5f / v;
        case F_RSQRT: return -0.5f * v * v * v;
        case F_ABS: return signOf(v);
        case F_NEG: return -1.0f;
        case F_SQUARE: return 2.0f * v;
        case F_RECIPROCAL: return -v * v;
        case F_SIN: return cosine(v);
        case F_COS: return -sine(v);
        case F_SIGN: case F_FLOOR: case F_CEIL: case F_ROUND: return 0.0f;
        case F_ERF: return TWO_OVER_SQRT_PI * expf(-v * v);
        case F_POW: return a == 0.0f ? 0.0f : a * powf(v, a - 1.0f);
        case F_AFFINE: return a;
        default: return 1.0f;
    }
}
