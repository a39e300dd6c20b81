// cuda_on_cpu.h -- included before a .cu file so that g++ compiles it: CUDA's words in terms of the simulator.
// Each CUDA thread is a fiber; see fibers.cpp. What is missing here is missing on purpose: add it when a kernel uses
// it.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <utility>

struct SimDim { unsigned x, y, z; };
struct SimBuiltins {
    SimDim thread, block, blockDim, gridDim;
    unsigned long long fmas;    // counted while tracing
    int watched;                // this thread's steps are recorded
};

extern "C" {
extern SimBuiltins sim_builtins;
void sim_barrier(int line);
unsigned sim_warp(int kind, unsigned mask, unsigned value, int argument, int width, int line);
void* sim_dynamic_shared(void);
}

#define threadIdx sim_builtins.thread
#define blockIdx sim_builtins.block
#define blockDim sim_builtins.blockDim
#define gridDim sim_builtins.gridDim
#define warpSize 32

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __restrict__ __restrict
// One section holds every __shared__ variable, so that it can be poisoned before a block and told from other memory.
#define __shared__ static __attribute__((section("sim_shared")))
#define DYN_SHARED(type, name) type* name = static_cast<type*>(sim_dynamic_shared())

struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) float2 { float x, y; };
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float __int_as_float(int bits) { float f; memcpy(&f, &bits, 4); return f; }
static inline int __float_as_int(float f) { int bits; memcpy(&bits, &f, 4); return bits; }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned) ((uint64_t) a * b >> 32); }
template <class T> static inline T __ldg(const T* p) { return *p; }
static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }
static inline double sinpi(double x) { return sin(x * 3.14159265358979323846); }
static inline double cospi(double x) { return cos(x * 3.14159265358979323846); }

#ifdef SIM_TRACED
extern "C" void sim_record_fma(float a, float b, float c, const char* file, int line);
static inline float sim_fmaf(float a, float b, float c, const char* file, int line) {
    sim_builtins.fmas++;
    if (sim_builtins.watched) {
        sim_record_fma(a, b, c, file, line);
    }
    return __builtin_fmaf(a, b, c);
}
#define fmaf(a, b, c) sim_fmaf(a, b, c, __FILE__, __LINE__)
#endif

#define __syncthreads() sim_barrier(__LINE__)

enum { SIM_SYNC, SIM_BALLOT, SIM_SHFL, SIM_SHFL_UP, SIM_SHFL_DOWN, SIM_SHFL_XOR };
// As on the device, a value of 8 bytes is two shuffles.
template <class T> static inline T sim_shuffle(int kind, unsigned mask, T value, int argument, int width, int line) {
    static_assert(sizeof(T) % 4 == 0, "shuffles of words");
    unsigned words[sizeof(T) / 4];
    memcpy(words, &value, sizeof(T));
    for (unsigned& word : words) {
        word = sim_warp(kind, mask, word, argument, width, line);
    }
    memcpy(&value, words, sizeof(T));
    return value;
}
template <class T> static inline T sim_shuffle_of(int kind, int line, unsigned mask, T v, int arg, int width = 32) {
    return sim_shuffle(kind, mask, v, arg, width, line);
}
#define __syncwarp(...) ((void) sim_warp(SIM_SYNC, sim_mask(__VA_ARGS__), 0, 0, 32, __LINE__))
#define __ballot_sync(mask, p) sim_warp(SIM_BALLOT, mask, (p) != 0, 0, 32, __LINE__)
#define __any_sync(mask, p) (__ballot_sync(mask, p) != 0)
#define __all_sync(mask, p) (__ballot_sync(mask, p) == (mask))
#define __shfl_sync(...) sim_shuffle_of(SIM_SHFL, __LINE__, __VA_ARGS__)
#define __shfl_up_sync(...) sim_shuffle_of(SIM_SHFL_UP, __LINE__, __VA_ARGS__)
#define __shfl_down_sync(...) sim_shuffle_of(SIM_SHFL_DOWN, __LINE__, __VA_ARGS__)
#define __shfl_xor_sync(...) sim_shuffle_of(SIM_SHFL_XOR, __LINE__, __VA_ARGS__)
static inline unsigned sim_mask(unsigned mask = 0xffffffffu) { return mask; }

// Tensor cores (tensor.cuh). The instruction is the warp's: all 32 lanes must arrive, as at a shuffle with a full mask.
#define SIMULATED_TENSOR_CORES
static inline float toTf32(float v) {
    const unsigned bits = (unsigned) __float_as_int(v);
    return v - v != 0.0f ? v : __int_as_float((int) ((bits + 0x1000u) & ~0x1fffu));     // infinities, not-a-number: kept
}
extern "C" void sim_mma_tf32(float* d, const float* a, const float* b, const char* file, int line);
#define mmaTf32(d, a, b) sim_mma_tf32(d, a, b, __FILE__, __LINE__)

// Done by the simulator, so that the tracer sees one atomic access and not a read and a write.
extern "C" float sim_atomic_add_f32(float* p, float v);
extern "C" int sim_atomic_add_i32(int* p, int v);
static inline float atomicAdd(float* p, float v) { return sim_atomic_add_f32(p, v); }
static inline int atomicAdd(int* p, int v) { return sim_atomic_add_i32(p, v); }

// How the driver double finds and calls the kernels of one compiled file.
struct SimKernel {
    const char* name;
    void (*call)(void** parameters);
    int parameterCount;
    const unsigned* parameterSizes;
};
template <class... A> struct SimSizes { static constexpr unsigned values[sizeof...(A) + 1] = {sizeof(A)..., 0}; };
template <class... A, size_t... I> static inline void simApply(void (*f)(A...), void** p, std::index_sequence<I...>) {
    f(*static_cast<A*>(p[I])...);
}
template <class... A> constexpr int simArity(void (*)(A...)) { return sizeof...(A); }
template <class... A> constexpr const unsigned* simSizes(void (*)(A...)) { return SimSizes<A...>::values; }
template <class... A> static inline void simCall(void (*f)(A...), void** p) {
    simApply(f, p, std::index_sequence_for<A...>{});
}
#define SIM_KERNEL(f) {#f, [](void** p) { simCall(f, p); }, simArity(f), simSizes(f)}
