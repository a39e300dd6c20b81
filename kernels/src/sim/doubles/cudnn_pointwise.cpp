// cudnn_pointwise.cpp -- activations, the sum of two tensors, and softmax in the cuDNN double.
#include "cudnn.h"

using namespace cudnn;

namespace {

enum ActivationMode { SIGMOID = 0, RELU = 1, TANH = 2, CLIPPED_RELU = 3, ELU = 4, IDENTITY = 5, SWISH = 6 };
enum SoftmaxAlgorithm { FAST = 0, ACCURATE = 1, LOG = 2 };
enum SoftmaxMode { INSTANCE = 0, CHANNEL = 1 };

double activate(const Activation& a, double x) {
    const bool nan = std::isnan(x) && a.nan == 1;
    switch (a.mode) {
        case SIGMOID: return 1 / (1 + std::exp(-x));
        case RELU: return nan ? x : x > 0 ? x : 0;
        case TANH: return std::tanh(x);
        default: return nan ? x : x > a.coefficient ? a.coefficient : x > 0 ? x : 0;
    }
}

double derivative(const Activation& a, double x, double y) {
    switch (a.mode) {
        case SIGMOID: return y * (1 - y);
        case RELU: return x > 0;
        case TANH: return 1 - y * y;
        default: return x > 0 && x < a.coefficient;
    }
}

int checkMode(const char* function, const Activation& a) {
    return a.mode <= CLIPPED_RELU ? (int) OK
        : refuse(UNSUPPORTED, text("%s: activation %d; the double knows 0 to 3", function, a.mode));
}

template <class Body> void forEach(const Tensor& t, Body body) {
    for (int n = 0; n < t.n; n++)
    for (int c = 0; c < t.c; c++)
    for (int h = 0; h < t.h; h++)
    for (int w = 0; w < t.w; w++) {
        body(n, c, h, w);
    }
}

int same(const char* function, const Tensor& a, const Tensor& b) {
    return a.sameShape(b) ? (int) OK : refuse(BAD_PARAM, text("%s: %s and %s must have the same shape", function,
        a.shape().c_str(), b.shape().c_str()));
}

// Softmax along the channels of each pixel, or over all values of each image. Calls `line(first, count, stride)` with
// places in dense memory.
template <class Body> void forEachLine(const Tensor& t, int mode, Body line) {
    const long image = (long) t.c * t.h * t.w, pixels = (long) t.h * t.w;
    for (int n = 0; n < t.n; n++) {
        if (mode == INSTANCE) {
            line(n * image, image, 1l);
        } else {
            for (long p = 0; p < pixels; p++) {
                line(n * image + p, (long) t.c, pixels);
            }
        }
    }
}

int checkSoftmax(const char* function, int algorithm, int mode, const Tensor& x, const Tensor& y) {
    if (algorithm < FAST || algorithm > LOG || mode < INSTANCE || mode > CHANNEL) {
        return refuse(BAD_PARAM, text("%s: algorithm %d, mode %d", function, algorithm, mode));
    }
    if (!x.dense() || !y.dense()) {
        return refuse(UNSUPPORTED, text("%s: the double knows dense tensors only", function));
    }
    return same(function, x, y);
}

}  // namespace

extern "C" {

int cudnnActivationForward(void* handle, const void* activationDesc, const float* alpha, const void* xDesc,
        const void* x, const float* beta, const void* yDesc, void* y) {
    const char* function = "cudnnActivationForward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Activation, activation, function, activationDesc)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    int status = same(function, *xd, *yd);
    if (status == OK) {
        status = checkMode(function, *activation);
    }
    if (status != OK) {
        return status;
    }
    const Activation act = *activation;
    const Tensor xt = *xd, yt = *yd;
    Call call{function, handle, alpha, beta, {{"x", x, xt.bytes(), Argument::READ}, {"y", y, yt.bytes(), result(beta)}},
        true};
    return call.run([=](float a, float b) {
        forEach(xt, [&](int n, int c, int h, int w) {
            doubles::blend(static_cast<float*>(y)[yt.at(n, c, h, w)],
                activate(act, static_cast<const float*>(x)[xt.at(n, c, h, w)]), a, b);
        });
    });
}

int cudnnActivationBackward(void* handle, const void* activationDesc, const float* alpha, const void* yDesc,
        const void* y, const void* dyDesc, const void* dy, const void* xDesc, const void* x, const float* beta,
        const void* dxDesc, void* dx) {
    const char* function = "cudnnActivationBackward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Activation, activation, function, activationDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    CUDNN_GET(Tensor, dyd, function, dyDesc)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, dxd, function, dxDesc)
    for (const Tensor* t : {yd, dyd, dxd}) {
        if (int status = same(function, *xd, *t)) {
            return status;
        }
    }
    if (int status = checkMode(function, *activation)) {
        return status;
    }
    const Activation act = *activation;
    const Tensor yt = *yd, dyt = *dyd, xt = *xd, dxt = *dxd;
    Call call{function, handle, alpha, beta, {{"y", y, yt.bytes(), Argument::READ}, {"dy", dy, dyt.bytes(),
        Argument::READ}, {"x", x, xt.bytes(), Argument::READ}, {"dx", dx, dxt.bytes(), result(beta)}}, true};
    return call.run([=](float a, float b) {
        forEach(xt, [&](int n, int c, int h, int w) {
            const double slope = derivative(act, static_cast<const float*>(x)[xt.at(n, c, h, w)],
                static_cast<const float*>(y)[yt.at(n, c, h, w)]);
            doubles::blend(static_cast<float*>(dx)[dxt.at(n, c, h, w)],
                slope * static_cast<const float*>(dy)[dyt.at(n, c, h, w)], a, b);
        });
    });
}

// c = alpha * a + beta * c; an extent of a is that of c, or 1 and then repeated.
int cudnnAddTensor(void* handle, const float* alpha, const void* aDesc, const void* a, const float* beta,
        const void* cDesc, void* c) {
    const char* function = "cudnnAddTensor";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, ad, function, aDesc)
    CUDNN_GET(Tensor, cd, function, cDesc)
    auto fits = [](int of, int to) { return of == to || of == 1; };
    if (!fits(ad->n, cd->n) || !fits(ad->c, cd->c) || !fits(ad->h, cd->h) || !fits(ad->w, cd->w)) {
        return refuse(BAD_PARAM, text("%s: a %s cannot be repeated to c %s", function, ad->shape().c_str(),
            cd->shape().c_str()));
    }
    const Tensor at = *ad, ct = *cd;
    Call call{function, handle, alpha, beta, {{"a", a, at.bytes(), Argument::READ},
        {"c", c, ct.bytes(), result(beta)}}};
    return call.run([=](float scale, float b) {
        forEach(ct, [&](int n, int k, int h, int w) {
            const float term = static_cast<const float*>(a)[at.at(at.n == 1 ? 0 : n, at.c == 1 ? 0 : k,
                at.h == 1 ? 0 : h, at.w == 1 ? 0 : w)];
            doubles::blend(static_cast<float*>(c)[ct.at(n, k, h, w)], term, scale, b);
        });
    });
}

int cudnnSoftmaxForward(void* handle, int algorithm, int mode, const float* alpha, const void* xDesc, const void* x,
        const float* beta, const void* yDesc, void* y) {
    const char* function = "cudnnSoftmaxForward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    if (int status = checkSoftmax(function, algorithm, mode, *xd, *yd)) {
        return status;
    }
    const Tensor t = *xd;
    Call call{function, handle, alpha, beta, {{"x", x, t.bytes(), Argument::READ},
        {"y", y, t.bytes(), result(beta)}}};
    return call.run([=](float a, float b) {
        const auto* in = static_cast<const float*>(x);
        forEachLine(t, mode, [&](long first, long count, long stride) {
            double most = in[first], sum = 0;
            for (long i = 1; i < count; i++) {
                most = std::max(most, (double) in[first + i * stride]);
            }
            if (algorithm == FAST) {            // does not protect against overflow
                most = 0;
            }
            for (long i = 0; i < count; i++) {
                sum += std::exp(in[first + i * stride] - most);
            }
            for (long i = 0; i < count; i++) {
                const double shifted = in[first + i * stride] - most;
                const double value = algorithm == LOG ? shifted - std::log(sum)
                    : algorithm == FAST ? (double) ((float) std::exp(shifted) / (float) sum) : std::exp(shifted) / sum;
                doubles::blend(static_cast<float*>(y)[first + i * stride], value, a, b);
            }
        });
    });
}

}  // extern "C"
