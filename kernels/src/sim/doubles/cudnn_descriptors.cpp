// cudnn_descriptors.cpp -- handles and descriptors of the cuDNN double: what may be set, and what follows from it.
#include "cudnn.h"

using namespace cudnn;

namespace cudnn {

std::set<Descriptor*> live;

int refuse(int status, const std::string& why) {
    finding("cudnn", why);
    return status;
}

int begin(const char* function) {
    int rc = enter(function);
    return rc == 0 ? (int) OK : rc > 1000 ? rc : (int) EXECUTION_FAILED;    // a status of cuDNN's was injected by name
}

int Call::run(std::function<void(float, float)> body) const {
    const Handle* h = get<Handle>(function, "handle", handle);
    if (h == nullptr) {
        return NOT_INITIALIZED_HANDLE;
    }
    if (!doubles::hostScalar(alpha) || !doubles::hostScalar(beta)) {
        return refuse(BAD_PARAM_NULL, text("%s: alpha and beta must point to floats in host memory", function));
    }
    std::string why = doubles::wrong(function, arguments, inPlace);
    if (!why.empty()) {
        return refuse(EXECUTION_FAILED, why);
    }
    const float a = *alpha, b = *beta;
    return doubles::queue("cudnn", function, h->stream, arguments, true, [=] { body(a, b); });
}

}  // namespace cudnn

namespace {

template <class T> int create(const char* function, void** descriptor) {
    CUDNN_BEGIN(function)
    auto* d = new T;
    live.insert(d);
    *descriptor = static_cast<Descriptor*>(d);
    return OK;
}

template <class T> int destroy(const char* function, void* descriptor) {
    CUDNN_BEGIN(function)
    auto* d = static_cast<Descriptor*>(descriptor);
    if (!live.count(d) || dynamic_cast<T*>(d) == nullptr) {
        return refuse(BAD_PARAM, text("%s: no live descriptor of this kind", function));
    }
    live.erase(d);
    delete d;
    return OK;
}

// The descriptor to be set, or null.
template <class T> T* toSet(const char* function, void* descriptor) {
    auto* d = static_cast<Descriptor*>(descriptor);
    auto* typed = live.count(d) ? dynamic_cast<T*>(d) : nullptr;
    if (typed == nullptr) {
        finding("cudnn", text("%s: no live descriptor of this kind", function));
    }
    return typed;
}

int setTensor(const char* function, void* descriptor, int type, int n, int c, int h, int w, int strideN, int strideC,
        int strideH, int strideW) {
    CUDNN_BEGIN(function)
    auto* t = toSet<Tensor>(function, descriptor);
    if (t == nullptr) {
        return BAD_PARAM;
    }
    if (n <= 0 || c <= 0 || h <= 0 || w <= 0) {
        return refuse(BAD_PARAM, text("%s: extents [%d, %d, %d, %d]; each must be at least 1", function, n, c, h, w));
    }
    if (type != FLOAT) {
        return refuse(UNSUPPORTED, text("%s: data type %d; the double knows float (0)", function, type));
    }
    if (strideN <= 0 || strideC <= 0 || strideH <= 0 || strideW <= 0) {
        return refuse(UNSUPPORTED, text("%s: strides %d %d %d %d; each must be positive", function, strideN, strideC,
            strideH, strideW));
    }
    t->n = n, t->c = c, t->h = h, t->w = w;
    t->strideN = strideN, t->strideC = strideC, t->strideH = strideH, t->strideW = strideW;
    if (t->bytes() < 4ul * t->size()) {
        return refuse(BAD_PARAM, text("%s: strides %d %d %d %d let elements of %s share memory", function, strideN,
            strideC, strideH, strideW, t->shape().c_str()));
    }
    t->set = true;
    return OK;
}

int extent(int in, int window, int pad, int stride, int dilation) {
    return (in + 2 * pad - ((window - 1) * dilation + 1)) / stride + 1;
}

}  // namespace

extern "C" {

size_t cudnnGetVersion(void) { return 90501; }

const char* cudnnGetErrorString(int status) {
    switch (status) {
        case OK: return "CUDNN_STATUS_SUCCESS";
        case NOT_INITIALIZED_HANDLE: return "CUDNN_STATUS_NOT_INITIALIZED";
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case BAD_PARAM_NULL: return "CUDNN_STATUS_BAD_PARAM_NULL_POINTER";
        case BAD_PARAM_SIZE: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
        case BAD_PARAM_SHAPE: return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
        case UNSUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "CUDNN_STATUS of another kind";
    }
}

int cudnnCreate(void** handle) {
    CUDNN_BEGIN("cudnnCreate")
    auto* h = new Handle;
    h->set = true;
    h->stream = defaultStream();
    live.insert(h);
    *handle = static_cast<Descriptor*>(h);
    return OK;
}

int cudnnDestroy(void* handle) { return destroy<Handle>("cudnnDestroy", handle); }

int cudnnSetStream(void* handle, void* stream) {
    CUDNN_BEGIN("cudnnSetStream")
    auto* h = toSet<Handle>("cudnnSetStream", handle);
    if (h == nullptr || streamOf(stream) == nullptr) {
        return refuse(BAD_PARAM, "cudnnSetStream: no such handle or stream");
    }
    h->stream = streamOf(stream);
    return OK;
}

int cudnnCreateTensorDescriptor(void** d) { return create<Tensor>("cudnnCreateTensorDescriptor", d); }
int cudnnDestroyTensorDescriptor(void* d) { return destroy<Tensor>("cudnnDestroyTensorDescriptor", d); }
int cudnnCreateFilterDescriptor(void** d) { return create<Filter>("cudnnCreateFilterDescriptor", d); }
int cudnnDestroyFilterDescriptor(void* d) { return destroy<Filter>("cudnnDestroyFilterDescriptor", d); }
int cudnnCreateConvolutionDescriptor(void** d) { return create<Convolution>("cudnnCreateConvolutionDescriptor", d); }
int cudnnDestroyConvolutionDescriptor(void* d) { return destroy<Convolution>("cudnnDestroyConvolutionDescriptor", d); }
int cudnnCreatePoolingDescriptor(void** d) { return create<Pooling>("cudnnCreatePoolingDescriptor", d); }
int cudnnDestroyPoolingDescriptor(void* d) { return destroy<Pooling>("cudnnDestroyPoolingDescriptor", d); }
int cudnnCreateActivationDescriptor(void** d) { return create<Activation>("cudnnCreateActivationDescriptor", d); }
int cudnnDestroyActivationDescriptor(void* d) { return destroy<Activation>("cudnnDestroyActivationDescriptor", d); }

int cudnnSetTensor4dDescriptor(void* descriptor, int format, int type, int n, int c, int h, int w) {
    if (format != NCHW) {
        return refuse(UNSUPPORTED, text("cudnnSetTensor4dDescriptor: format %d; the double knows NCHW (0)", format));
    }
    return setTensor("cudnnSetTensor4dDescriptor", descriptor, type, n, c, h, w, c * h * w, h * w, w, 1);
}

int cudnnSetTensor4dDescriptorEx(void* descriptor, int type, int n, int c, int h, int w, int strideN, int strideC,
        int strideH, int strideW) {
    return setTensor("cudnnSetTensor4dDescriptorEx", descriptor, type, n, c, h, w, strideN, strideC, strideH, strideW);
}

int cudnnGetTensorSizeInBytes(const void* tensorDesc, size_t* size) {
    CUDNN_BEGIN("cudnnGetTensorSizeInBytes")
    CUDNN_GET(Tensor, t, "cudnnGetTensorSizeInBytes", tensorDesc)
    *size = t->bytes();
    return OK;
}

int cudnnSetFilter4dDescriptor(void* descriptor, int type, int format, int k, int c, int r, int s) {
    const char* function = "cudnnSetFilter4dDescriptor";
    CUDNN_BEGIN(function)
    auto* f = toSet<Filter>(function, descriptor);
    if (f == nullptr || k <= 0 || c <= 0 || r <= 0 || s <= 0) {
        return refuse(BAD_PARAM, text("%s: filter [%d, %d, %d, %d]", function, k, c, r, s));
    }
    if (type != FLOAT || format != NCHW) {
        return refuse(UNSUPPORTED, text("%s: data type %d, format %d; the double knows float and NCHW", function, type,
            format));
    }
    f->k = k, f->c = c, f->r = r, f->s = s;
    f->set = true;
    return OK;
}

int cudnnSetConvolution2dDescriptor(void* descriptor, int padH, int padW, int strideH, int strideW, int dilationH,
        int dilationW, int mode, int computeType) {
    const char* function = "cudnnSetConvolution2dDescriptor";
    CUDNN_BEGIN(function)
    auto* d = toSet<Convolution>(function, descriptor);
    if (d == nullptr || padH < 0 || padW < 0 || strideH <= 0 || strideW <= 0 || dilationH <= 0 || dilationW <= 0
            || mode < 0 || mode > 1) {
        return refuse(BAD_PARAM, text("%s: pad %d %d, stride %d %d, dilation %d %d, mode %d", function, padH, padW,
            strideH, strideW, dilationH, dilationW, mode));
    }
    if (computeType != FLOAT) {
        return refuse(UNSUPPORTED, text("%s: compute type %d; the double knows float", function, computeType));
    }
    d->padH = padH, d->padW = padW, d->strideH = strideH, d->strideW = strideW;
    d->dilationH = dilationH, d->dilationW = dilationW, d->mode = mode;
    d->set = true;
    return OK;
}

int cudnnSetConvolutionMathType(void* descriptor, int math) {
    const char* function = "cudnnSetConvolutionMathType";
    CUDNN_BEGIN(function)
    auto* d = toSet<Convolution>(function, descriptor);
    if (d == nullptr || math < DEFAULT_MATH || math > FMA_MATH) {
        return refuse(BAD_PARAM, text("%s: %d is no math type", function, math));
    }
    d->math = math;
    return OK;
}

int cudnnGetConvolutionMathType(const void* convDesc, int* math) {
    CUDNN_BEGIN("cudnnGetConvolutionMathType")
    CUDNN_GET(Convolution, d, "cudnnGetConvolutionMathType", convDesc)
    *math = d->math;
    return OK;
}

int cudnnSetConvolutionGroupCount(void* descriptor, int groups) {
    const char* function = "cudnnSetConvolutionGroupCount";
    CUDNN_BEGIN(function)
    auto* d = toSet<Convolution>(function, descriptor);
    if (d == nullptr || groups < 1) {
        return refuse(BAD_PARAM, text("%s: %d groups", function, groups));
    }
    d->groups = groups;
    return OK;
}

int cudnnGetConvolution2dForwardOutputDim(const void* convDesc, const void* inputDesc, const void* filterDesc, int* n,
        int* c, int* h, int* w) {
    const char* function = "cudnnGetConvolution2dForwardOutputDim";
    CUDNN_BEGIN(function)
    CUDNN_GET(Convolution, d, function, convDesc)
    CUDNN_GET(Tensor, x, function, inputDesc)
    CUDNN_GET(Filter, f, function, filterDesc)
    if (x->c != f->c * d->groups) {
        return refuse(BAD_PARAM, text("%s: x %s and w %s with %d groups", function, x->shape().c_str(),
            f->shape().c_str(), d->groups));
    }
    *n = x->n;
    *c = f->k;
    *h = extent(x->h, f->r, d->padH, d->strideH, d->dilationH);
    *w = extent(x->w, f->s, d->padW, d->strideW, d->dilationW);
    return OK;
}

int cudnnSetPooling2dDescriptor(void* descriptor, int mode, int nan, int windowH, int windowW, int padH, int padW,
        int strideH, int strideW) {
    const char* function = "cudnnSetPooling2dDescriptor";
    CUDNN_BEGIN(function)
    auto* p = toSet<Pooling>(function, descriptor);
    if (p == nullptr || mode < 0 || mode > 3 || nan < 0 || nan > 1 || windowH <= 0 || windowW <= 0
            || strideH <= 0 || strideW <= 0) {
        return refuse(BAD_PARAM, text("%s: mode %d, NaN option %d, window %d %d, pad %d %d, stride %d %d", function,
            mode, nan, windowH, windowW, padH, padW, strideH, strideW));
    }
    p->mode = mode, p->nan = nan, p->windowH = windowH, p->windowW = windowW;
    p->padH = padH, p->padW = padW, p->strideH = strideH, p->strideW = strideW;
    p->set = true;
    return OK;
}

int cudnnGetPooling2dForwardOutputDim(const void* poolingDesc, const void* inputDesc, int* n, int* c, int* h, int* w) {
    const char* function = "cudnnGetPooling2dForwardOutputDim";
    CUDNN_BEGIN(function)
    CUDNN_GET(Pooling, p, function, poolingDesc)
    CUDNN_GET(Tensor, x, function, inputDesc)
    *n = x->n;
    *c = x->c;
    *h = extent(x->h, p->windowH, p->padH, p->strideH, 1);
    *w = extent(x->w, p->windowW, p->padW, p->strideW, 1);
    return OK;
}

int cudnnSetActivationDescriptor(void* descriptor, int mode, int nan, double coefficient) {
    const char* function = "cudnnSetActivationDescriptor";
    CUDNN_BEGIN(function)
    auto* a = toSet<Activation>(function, descriptor);
    if (a == nullptr || mode < 0 || mode > 6 || nan < 0 || nan > 1) {
        return refuse(BAD_PARAM, text("%s: mode %d, NaN option %d", function, mode, nan));
    }
    a->mode = mode, a->nan = nan, a->coefficient = coefficient;
    a->set = true;
    return OK;
}

// Handles and descriptors that were made and not destroyed.
long sim_cudnn_live(void) {
    std::lock_guard<std::recursive_mutex> guard(simLock);
    return (long) live.size();
}

}  // extern "C"
