// cudnn.h -- what the parts of the cuDNN double share: handles, descriptors, status codes. Only what this project asks
// for is there: float32, tensors of four dimensions, filters in KCRS order.
#pragma once
#include "doubles.h"

namespace cudnn {

using doubles::Argument;

// cudnnStatus_t of cuDNN 9.
enum Status {
    OK = 0, NOT_INITIALIZED_HANDLE = 1001, BAD_PARAM = 2000, BAD_PARAM_NULL = 2002, BAD_PARAM_MISALIGNED = 2003,
    BAD_PARAM_SIZE = 2006, BAD_PARAM_SHAPE = 2008, UNSUPPORTED = 3000, EXECUTION_FAILED = 5000
};
enum MathType { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, ALLOW_CONVERSION = 2, FMA_MATH = 3 };
constexpr int FLOAT = 0;
constexpr int NCHW = 0;

// A descriptor is made, then set; only then it may be used.
struct Descriptor {
    bool set = false;
    virtual ~Descriptor() = default;
};
struct Handle : Descriptor { Stream* stream; };
struct Tensor : Descriptor {
    int n, c, h, w, strideN, strideC, strideH, strideW;
    long size() const { return (long) n * c * h * w; }
    // From the first element to the last.
    uint64_t bytes() const {
        return size() == 0 ? 0 : 4 * (1 + (n - 1l) * strideN + (c - 1l) * strideC + (h - 1l) * strideH
            + (w - 1l) * strideW);
    }
    long at(int in, int ic, int ih, int iw) const {
        return (long) in * strideN + (long) ic * strideC + (long) ih * strideH + (long) iw * strideW;
    }
    bool dense() const { return bytes() == 4ul * size(); }
    bool sameShape(const Tensor& o) const { return n == o.n && c == o.c && h == o.h && w == o.w; }
    std::string shape() const { return text("[%d, %d, %d, %d]", n, c, h, w); }
};
struct Filter : Descriptor {
    int k, c, r, s;
    uint64_t bytes() const { return 4ul * k * c * r * s; }
    std::string shape() const { return text("[%d, %d, %d, %d]", k, c, r, s); }
};
struct Convolution : Descriptor {
    int padH, padW, strideH, strideW, dilationH, dilationW, mode, math = DEFAULT_MATH, groups = 1;
};
struct Pooling : Descriptor { int mode, nan, windowH, windowW, padH, padW, strideH, strideW; };
struct Activation : Descriptor { int mode, nan; double coefficient; };

extern std::set<Descriptor*> live;
int refuse(int status, const std::string& why);
// What every call begins with: injected failures, the context, earlier errors.
int begin(const char* function);

// The descriptor behind a pointer of the caller's; null, and a finding, if it is none of that kind or was never set.
template <class T> const T* get(const char* function, const char* name, const void* pointer) {
    auto* d = static_cast<Descriptor*>(const_cast<void*>(pointer));
    auto* typed = live.count(d) ? dynamic_cast<T*>(d) : nullptr;
    if (typed == nullptr || !typed->set) {
        finding("cudnn", text("%s: %s is %s", function, name, pointer == nullptr ? "null"
            : typed == nullptr ? "no live descriptor of this kind" : "a descriptor that was never set"));
        return nullptr;
    }
    return typed;
}

// One call that queues work: checks what all have in common, then runs `body` on the handle's stream.
struct Call {
    const char* function;
    const void* handle;
    const float* alpha;
    const float* beta;
    std::vector<Argument> arguments;
    bool inPlace = false;           // whether the documentation allows the result to be the very same memory
    int run(std::function<void(float alpha, float beta)> body) const;
};
// How a result is used, given the factor of its old contents.
inline Argument::Use result(const float* beta) {
    return beta != nullptr && *beta == 0 ? Argument::WRITE : Argument::UPDATE;
}

#define CUDNN_BEGIN(function) \
    std::lock_guard<std::recursive_mutex> guard(simLock); \
    if (int status = cudnn::begin(function)) { \
        return status; \
    }
// Declares `variable` as the descriptor of that kind behind `pointer`, or returns from the call.
#define CUDNN_GET(Kind, variable, function, pointer) \
    const Kind* variable = cudnn::get<Kind>(function, #pointer, pointer); \
    if (variable == nullptr) { \
        return cudnn::BAD_PARAM; \
    }

}  // namespace cudnn
