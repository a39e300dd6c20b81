// cudnn_norm.cpp -- batch normalisation in the cuDNN double, per channel (SPATIAL). The saved values are the mean and
// the inverse deviation; the running variance takes the unbiased variance of the batch.
#include "cudnn.h"

using namespace cudnn;

namespace {

enum Mode { PER_ACTIVATION = 0, SPATIAL = 1, SPATIAL_PERSISTENT = 2 };

int check(const char* function, int mode, double epsilon, const Tensor& x, const Tensor& y, const Tensor& p) {
    if (mode != SPATIAL) {
        return refuse(UNSUPPORTED, text("%s: mode %d; the double knows SPATIAL (1)", function, mode));
    }
    if (epsilon < 0) {
        return refuse(BAD_PARAM, text("%s: epsilon %g is less than CUDNN_BN_MIN_EPSILON", function, epsilon));
    }
    if (!x.sameShape(y)) {
        return refuse(BAD_PARAM, text("%s: x %s and y %s differ", function, x.shape().c_str(), y.shape().c_str()));
    }
    if (p.n != 1 || p.c != x.c || p.h != 1 || p.w != 1) {
        return refuse(BAD_PARAM, text("%s: scale and bias are %s, but must be [1, %d, 1, 1] for x %s", function,
            p.shape().c_str(), x.c, x.shape().c_str()));
    }
    return OK;
}

template <class Body> void forEachOf(const Tensor& t, int c, Body body) {
    for (int n = 0; n < t.n; n++)
    for (int h = 0; h < t.h; h++)
    for (int w = 0; w < t.w; w++) {
        body(t.at(n, c, h, w));
    }
}

struct Moments { double mean, variance; };

Moments moments(const Tensor& t, const float* x, int c) {
    const double count = (double) t.n * t.h * t.w;
    double sum = 0, squares = 0;
    forEachOf(t, c, [&](long i) { sum += x[i]; });
    const double mean = sum / count;
    forEachOf(t, c, [&](long i) { squares += (x[i] - mean) * (x[i] - mean); });
    return {mean, squares / count};
}

}  // namespace

extern "C" {

int cudnnBatchNormalizationForwardTraining(void* handle, int mode, const float* alpha, const float* beta,
        const void* xDesc, const void* x, const void* yDesc, void* y, const void* paramDesc, const void* scale,
        const void* bias, double factor, void* runningMean, void* runningVariance, double epsilon, void* savedMean,
        void* savedInverse) {
    const char* function = "cudnnBatchNormalizationForwardTraining";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    CUDNN_GET(Tensor, pd, function, paramDesc)
    if (int status = check(function, mode, epsilon, *xd, *yd, *pd)) {
        return status;
    }
    if ((runningMean == nullptr) != (runningVariance == nullptr)
            || (savedMean == nullptr) != (savedInverse == nullptr)) {
        return refuse(BAD_PARAM, text("%s: running mean and variance, and saved mean and inverse, go in pairs",
            function));
    }
    const Tensor xt = *xd, yt = *yd;
    const uint64_t p = pd->bytes(), running = runningMean == nullptr ? 0 : p, saved = savedMean == nullptr ? 0 : p;
    const auto kept = factor == 1 ? Argument::WRITE : Argument::UPDATE;
    Call call{function, handle, alpha, beta, {{"x", x, xt.bytes(), Argument::READ}, {"scale", scale, p, Argument::READ},
        {"bias", bias, p, Argument::READ}, {"y", y, yt.bytes(), result(beta)},
        {"running mean", runningMean, running, kept}, {"running variance", runningVariance, running, kept},
        {"saved mean", savedMean, saved, Argument::WRITE},
        {"saved inverse", savedInverse, saved, Argument::WRITE}}};
    return call.run([=](float a, float b) {
        const double count = (double) xt.n * xt.h * xt.w;
        const auto* in = static_cast<const float*>(x);
        for (int c = 0; c < xt.c; c++) {
            const Moments m = moments(xt, in, c);
            const double inverse = 1 / std::sqrt(m.variance + epsilon);
            const double g = static_cast<const float*>(scale)[c], shift = static_cast<const float*>(bias)[c];
            for (int n = 0; n < xt.n; n++)
            for (int h = 0; h < xt.h; h++)
            for (int w = 0; w < xt.w; w++) {
                doubles::blend(static_cast<float*>(y)[yt.at(n, c, h, w)],
                    g * (in[xt.at(n, c, h, w)] - m.mean) * inverse + shift, a, b);
            }
            if (running != 0) {
                doubles::blend(static_cast<float*>(runningMean)[c], m.mean, factor, 1 - factor);
                const double unbiased = m.variance * count / (count > 1 ? count - 1 : 1);
                doubles::blend(static_cast<float*>(runningVariance)[c], unbiased, factor, 1 - factor);
            }
            if (saved != 0) {
                static_cast<float*>(savedMean)[c] = (float) m.mean;
                static_cast<float*>(savedInverse)[c] = (float) inverse;
            }
        }
    });
}

int cudnnBatchNormalizationForwardInference(void* handle, int mode, const float* alpha, const float* beta,
        const void* xDesc, const void* x, const void* yDesc, void* y, const void* paramDesc, const void* scale,
        const void* bias, const void* mean, const void* variance, double epsilon) {
    const char* function = "cudnnBatchNormalizationForwardInference";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    CUDNN_GET(Tensor, pd, function, paramDesc)
    if (int status = check(function, mode, epsilon, *xd, *yd, *pd)) {
        return status;
    }
    const Tensor xt = *xd, yt = *yd;
    const uint64_t p = pd->bytes();
    Call call{function, handle, alpha, beta, {{"x", x, xt.bytes(), Argument::READ}, {"scale", scale, p, Argument::READ},
        {"bias", bias, p, Argument::READ}, {"mean", mean, p, Argument::READ}, {"variance", variance, p, Argument::READ},
        {"y", y, yt.bytes(), result(beta)}}};
    return call.run([=](float a, float b) {
        for (int c = 0; c < xt.c; c++) {
            const double inverse = 1 / std::sqrt((double) static_cast<const float*>(variance)[c] + epsilon);
            for (int n = 0; n < xt.n; n++)
            for (int h = 0; h < xt.h; h++)
            for (int w = 0; w < xt.w; w++) {
                const double centred = (double) static_cast<const float*>(x)[xt.at(n, c, h, w)]
                    - static_cast<const float*>(mean)[c];
                doubles::blend(static_cast<float*>(y)[yt.at(n, c, h, w)], static_cast<const float*>(scale)[c] * centred
                    * inverse + static_cast<const float*>(bias)[c], a, b);
            }
        }
    });
}

// dx has its factors, dscale and dbias share another pair.
int cudnnBatchNormalizationBackward(void* handle, int mode, const float* alphaData, const float* betaData,
        const float* alphaParam, const float* betaParam, const void* xDesc, const void* x, const void* dyDesc,
        const void* dy, const void* dxDesc, void* dx, const void* paramDesc, const void* scale, void* dscale,
        void* dbias, double epsilon, const void* savedMean, const void* savedInverse) {
    const char* function = "cudnnBatchNormalizationBackward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, dyd, function, dyDesc)
    CUDNN_GET(Tensor, dxd, function, dxDesc)
    CUDNN_GET(Tensor, pd, function, paramDesc)
    if (int status = check(function, mode, epsilon, *xd, *dyd, *pd)) {
        return status;
    }
    if (!xd->sameShape(*dxd)) {
        return refuse(BAD_PARAM, text("%s: x %s and dx %s differ", function, xd->shape().c_str(),
            dxd->shape().c_str()));
    }
    if ((savedMean == nullptr) != (savedInverse == nullptr)) {
        return refuse(BAD_PARAM, text("%s: saved mean and inverse go in pairs", function));
    }
    if (!doubles::hostScalar(alphaParam) || !doubles::hostScalar(betaParam)) {
        return refuse(BAD_PARAM_NULL, text("%s: the factors of the parameters must be host memory", function));
    }
    const Tensor xt = *xd, dyt = *dyd, dxt = *dxd;
    const uint64_t p = pd->bytes(), saved = savedMean == nullptr ? 0 : p;
    const float alphaP = *alphaParam, betaP = *betaParam;
    Call call{function, handle, alphaData, betaData, {{"x", x, xt.bytes(), Argument::READ}, {"dy", dy, dyt.bytes(),
        Argument::READ}, {"scale", scale, p, Argument::READ}, {"saved mean", savedMean, saved, Argument::READ},
        {"saved inverse", savedInverse, saved, Argument::READ}, {"dx", dx, dxt.bytes(), result(betaData)},
        {"dscale", dscale, p, result(betaParam)}, {"dbias", dbias, p, result(betaParam)}}};
    return call.run([=](float a, float b) {
        const double count = (double) xt.n * xt.h * xt.w;
        const auto* in = static_cast<const float*>(x);
        const auto* g = static_cast<const float*>(dy);
        for (int c = 0; c < xt.c; c++) {
            double mean, inverse;
            if (saved != 0) {
                mean = static_cast<const float*>(savedMean)[c];
                inverse = static_cast<const float*>(savedInverse)[c];
            } else {
                const Moments m = moments(xt, in, c);
                mean = m.mean;
                inverse = 1 / std::sqrt(m.variance + epsilon);
            }
            double sum = 0, dot = 0;
            for (int n = 0; n < xt.n; n++)
            for (int h = 0; h < xt.h; h++)
            for (int w = 0; w < xt.w; w++) {
                const double d = g[dyt.at(n, c, h, w)];
                sum += d;
                dot += d * (in[xt.at(n, c, h, w)] - mean) * inverse;
            }
            const double gamma = static_cast<const float*>(scale)[c];
            for (int n = 0; n < xt.n; n++)
            for (int h = 0; h < xt.h; h++)
            for (int w = 0; w < xt.w; w++) {
                const double normal = (in[xt.at(n, c, h, w)] - mean) * inverse;
                doubles::blend(static_cast<float*>(dx)[dxt.at(n, c, h, w)],
                    gamma * inverse * (g[dyt.at(n, c, h, w)] - (sum + normal * dot) / count), a, b);
            }
            doubles::blend(static_cast<float*>(dscale)[c], dot, alphaP, betaP);
            doubles::blend(static_cast<float*>(dbias)[c], sum, alphaP, betaP);
        }
    });
}

}  // extern "C"
