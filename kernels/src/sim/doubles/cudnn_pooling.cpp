// cudnn_pooling.cpp -- pooling and its gradient in the cuDNN double. The documentation does not say which of several
// equal maxima takes the gradient; the double takes the first in row order.
#include "cudnn.h"

using namespace cudnn;

namespace {

enum Mode { MAX = 0, AVERAGE_INCLUDE = 1, AVERAGE_EXCLUDE = 2, MAX_DETERMINISTIC = 3 };

struct Window {
    int h0, h1, w0, w1;         // real pixels
    int divisor;
};

Window window(const Pooling& p, const Tensor& x, int row, int column) {
    const int h = row * p.strideH - p.padH, w = column * p.strideW - p.padW;
    Window v{std::max(h, 0), std::min(h + p.windowH, x.h), std::max(w, 0), std::min(w + p.windowW, x.w), 0};
    v.divisor = p.mode == AVERAGE_INCLUDE ? p.windowH * p.windowW : (v.h1 - v.h0) * (v.w1 - v.w0);
    return v;
}

bool isMax(const Pooling& p) {
    return p.mode == MAX || p.mode == MAX_DETERMINISTIC;
}

long winner(const Pooling& p, const Tensor& t, const float* x, int n, int c, const Window& v) {
    long best = -1;
    for (int h = v.h0; h < v.h1; h++)
    for (int w = v.w0; w < v.w1; w++) {
        const long at = t.at(n, c, h, w);
        const bool nan = std::isnan(x[at]);
        if (best < 0 || x[at] > x[best] || (p.nan == 1 && nan && !std::isnan(x[best]))
                || (p.nan == 0 && !nan && std::isnan(x[best]))) {
            best = at;
        }
    }
    return best;
}

int check(const char* function, const Pooling& p, const Tensor& x, const Tensor& y) {
    const int rows = (x.h + 2 * p.padH - p.windowH) / p.strideH + 1;
    const int columns = (x.w + 2 * p.padW - p.windowW) / p.strideW + 1;
    if (y.n != x.n || y.c != x.c || y.h != rows || y.w != columns) {
        return refuse(BAD_PARAM, text("%s: y %s, but x %s under windows of %dx%d gives [%d, %d, %d, %d]", function,
            y.shape().c_str(), x.shape().c_str(), p.windowH, p.windowW, x.n, x.c, rows, columns));
    }
    if (p.padH < 0 || p.padW < 0 || p.padH >= p.windowH || p.padW >= p.windowW) {
        return refuse(BAD_PARAM, text("%s: pad %d %d with windows of %dx%d: some would see padding alone", function,
            p.padH, p.padW, p.windowH, p.windowW));
    }
    if (x.strideW != 1 || y.strideW != 1) {
        return refuse(UNSUPPORTED, text("%s: the stride of the last axis must be 1", function));
    }
    return OK;
}

}  // namespace

extern "C" {

int cudnnPoolingForward(void* handle, const void* poolingDesc, const float* alpha, const void* xDesc, const void* x,
        const float* beta, const void* yDesc, void* y) {
    const char* function = "cudnnPoolingForward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Pooling, pooling, function, poolingDesc)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    if (int status = check(function, *pooling, *xd, *yd)) {
        return status;
    }
    const Pooling p = *pooling;
    const Tensor xt = *xd, yt = *yd;
    Call call{function, handle, alpha, beta, {{"x", x, xt.bytes(), Argument::READ},
        {"y", y, yt.bytes(), result(beta)}}};
    return call.run([=](float a, float b) {
        const auto* in = static_cast<const float*>(x);
        for (int n = 0; n < yt.n; n++)
        for (int c = 0; c < yt.c; c++)
        for (int row = 0; row < yt.h; row++)
        for (int column = 0; column < yt.w; column++) {
            const Window v = window(p, xt, row, column);
            double value = 0;
            if (isMax(p)) {
                value = in[winner(p, xt, in, n, c, v)];
            } else {
                for (int h = v.h0; h < v.h1; h++)
                for (int w = v.w0; w < v.w1; w++) {
                    value += in[xt.at(n, c, h, w)];
                }
                value /= v.divisor;
            }
            doubles::blend(static_cast<float*>(y)[yt.at(n, c, row, column)], value, a, b);
        }
    });
}

int cudnnPoolingBackward(void* handle, const void* poolingDesc, const float* alpha, const void* yDesc, const void* y,
        const void* dyDesc, const void* dy, const void* xDesc, const void* x, const float* beta, const void* dxDesc,
        void* dx) {
    const char* function = "cudnnPoolingBackward";
    CUDNN_BEGIN(function)
    CUDNN_GET(Pooling, pooling, function, poolingDesc)
    CUDNN_GET(Tensor, yd, function, yDesc)
    CUDNN_GET(Tensor, dyd, function, dyDesc)
    CUDNN_GET(Tensor, xd, function, xDesc)
    CUDNN_GET(Tensor, dxd, function, dxDesc)
    if (int status = check(function, *pooling, *xd, *yd)) {
        return status;
    }
    if (!yd->sameShape(*dyd) || !xd->sameShape(*dxd)) {
        return refuse(BAD_PARAM, text("%s: y %s and dy %s, x %s and dx %s must have the same shapes", function,
            yd->shape().c_str(), dyd->shape().c_str(), xd->shape().c_str(), dxd->shape().c_str()));
    }
    const Pooling p = *pooling;
    const Tensor xt = *xd, dxt = *dxd, dyt = *dyd, yt = *yd;
    Call call{function, handle, alpha, beta, {{"y", y, yt.bytes(), Argument::READ}, {"dy", dy, dyt.bytes(),
        Argument::READ}, {"x", x, xt.bytes(), Argument::READ}, {"dx", dx, dxt.bytes(), result(beta)}}};
    return call.run([=](float a, float b) {
        const auto* in = static_cast<const float*>(x);
        std::vector<double> sums(dxt.bytes() / 4);
        for (int n = 0; n < dyt.n; n++)
        for (int c = 0; c < dyt.c; c++)
        for (int row = 0; row < dyt.h; row++)
        for (int column = 0; column < dyt.w; column++) {
            const Window v = window(p, xt, row, column);
            const double g = static_cast<const float*>(dy)[dyt.at(n, c, row, column)];
            const long won = isMax(p) ? winner(p, xt, in, n, c, v) : -1;
            const float highest = static_cast<const float*>(y)[yt.at(n, c, row, column)];
            if (isMax(p) && highest != in[won] && !std::isnan(in[won])) {
                finding("cudnn", text("cudnnPoolingBackward: y holds %g where pooling x gives %g", highest, in[won]));
                return;
            }
            for (int h = v.h0; h < v.h1; h++)
            for (int w = v.w0; w < v.w1; w++) {
                if (!isMax(p)) {
                    sums[dxt.at(n, c, h, w)] += g / v.divisor;
                } else if (xt.at(n, c, h, w) == won) {
                    sums[dxt.at(n, c, h, w)] += g;
                }
            }
        }
        for (int n = 0; n < dxt.n; n++)
        for (int c = 0; c < dxt.c; c++)
        for (int h = 0; h < dxt.h; h++)
        for (int w = 0; w < dxt.w; w++) {
            const long at = dxt.at(n, c, h, w);
            doubles::blend(static_cast<float*>(dx)[at], sums[at], a, b);
        }
    });
}

}  // extern "C"
