// cudnn_convolution.cpp -- convolution and its gradients in the cuDNN double. Which algorithm supports which geometry,
// and which are deterministic, is the documentation's; how much workspace one needs is not documented, so the double
// makes up sizes and insists on them.
#include "cudnn.h"

using namespace cudnn;

namespace {

enum Mode { CONVOLUTION = 0, CROSS_CORRELATION = 1 };
enum Direction { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };
enum Kind { IMPLICIT, PRECOMPUTED, MATRIX, NEVER, FFT, FFT_TILING, WINOGRAD, WINOGRAD_NONFUSED, ATOMIC };

// The numbers of cudnnConvolutionFwdAlgo_t, …BwdDataAlgo_t and …BwdFilterAlgo_t.
const std::vector<Kind> ALGORITHMS[] = {
    {IMPLICIT, PRECOMPUTED, MATRIX, NEVER, FFT, FFT_TILING, WINOGRAD, WINOGRAD_NONFUSED},
    {ATOMIC, PRECOMPUTED, FFT, FFT_TILING, WINOGRAD, WINOGRAD_NONFUSED},
    {ATOMIC, PRECOMPUTED, FFT, ATOMIC, NEVER, WINOGRAD_NONFUSED, FFT_TILING}};
// Heuristics may name any order. The double's begins with the atomic algorithms and then has the Winograd transforms that
// lose digits with filters larger than 3x3, so that who wants the same bits on every run, and all of them, must look on.
const std::vector<int> ORDER[] = {{6, 7, 1, 0, 2, 5, 4, 3}, {0, 4, 5, 1, 3, 2}, {0, 3, 5, 1, 6, 2, 4}};

// cudnnConvolutionFwdAlgoPerf_t; the other two are laid out alike.
struct Performance {
    int algorithm, status;
    float time;
    size_t memory;
    int deterministic, math, reserved[3];
};

struct Geometry {
    const char* function;
    Tensor x, y;
    Filter w;
    Convolution d;
};

int outputExtent(int in, int window, int pad, int stride, int dilation) {
    return (in + 2 * pad - ((window - 1) * dilation + 1)) / stride + 1;
}

int read(const char* function, const void* xDesc, const void* wDesc, const void* convDesc, const void* yDesc,
        Geometry* g) {
    CUDNN_GET(Tensor, x, function, xDesc)
    CUDNN_GET(Filter, w, function, wDesc)
    CUDNN_GET(Convolution, d, function, convDesc)
    CUDNN_GET(Tensor, y, function, yDesc)
    *g = {function, *x, *y, *w, *d};
    if (w->k % d->groups != 0 || x->c != w->c * d->groups) {
        return refuse(BAD_PARAM, text("%s: x %s has C=%d; w %s with %d groups takes %d, and groups must divide K",
            function, x->shape().c_str(), x->c, w->shape().c_str(), d->groups, w->c * d->groups));
    }
    const int p = outputExtent(x->h, w->r, d->padH, d->strideH, d->dilationH);
    const int q = outputExtent(x->w, w->s, d->padW, d->strideW, d->dilationW);
    if (y->n != x->n || y->c != w->k || y->h != p || y->w != q) {
        return refuse(BAD_PARAM, text("%s: y %s, but x %s and w %s give [%d, %d, %d, %d]", function,
            y->shape().c_str(), x->shape().c_str(), w->shape().c_str(), x->n, w->k, p, q));
    }
    return OK;
}

// Why the algorithm cannot do this, or an empty string: the tables of the documentation.
std::string unsupported(const Geometry& g, Kind kind) {
    const Convolution& d = g.d;
    const bool unitStride = d.strideH == 1 && d.strideW == 1;
    const bool dilated = d.dilationH != 1 || d.dilationW != 1;
    switch (kind) {
        case NEVER: return "has no implementation in cuDNN";
        case MATRIX: return dilated ? "knows no dilation" : "";
        case FFT:
            return dilated || !unitStride ? "needs stride 1 and no dilation"
                : g.x.h + 2 * d.padH > 256 || g.x.w + 2 * d.padW > 256 ? "needs padded extents of at most 256"
                : g.w.r <= d.padH || g.w.s <= d.padW ? "needs a filter larger than the padding" : "";
        case FFT_TILING:
            return dilated || !unitStride ? "needs stride 1 and no dilation"
                : g.w.r > 32 || g.w.s > 32 ? "needs a filter of at most 32"
                : g.w.r <= d.padH || g.w.s <= d.padW ? "needs a filter larger than the padding" : "";
        case WINOGRAD:
            return dilated || !unitStride || g.w.r != 3 || g.w.s != 3 ? "needs stride 1, no dilation, filter 3x3" : "";
        case WINOGRAD_NONFUSED:
            return dilated || !unitStride || g.w.r != g.w.s || (g.w.r != 3 && g.w.r != 5)
                ? "needs stride 1, no dilation, filter 3x3 or 5x5" : "";
        default: return "";
    }
}

size_t workspaceFor(const Geometry& g, Kind kind) {
    const size_t taps = (size_t) g.w.c * g.w.r * g.w.s;
    switch (kind) {
        case IMPLICIT: case WINOGRAD: return 0;
        case ATOMIC: return 64;
        case PRECOMPUTED: return 16 * taps;
        case MATRIX: return 4 * taps * g.d.groups * g.y.h * g.y.w;
        default: return 4 * (g.x.size() + g.y.size()) + g.w.bytes();
    }
}

// By the simulated clock FFT in tiles takes one and all others two, so that what is measured is not what is suggested.
long ticks(Kind kind) {
    return kind == FFT_TILING ? 1 : 2;
}

bool tensorCores(const Geometry& g) {
    return g.d.math != FMA_MATH && settingNumber("capability", 80) >= 80;
}

// One value of the result. Atomic algorithms add up parts in any order.
struct Sum {
    double exact = 0;
    float parts[2] = {0, 0};
    double value(bool atomic) const { return atomic ? (double) (parts[0] + parts[1]) : exact; }
};

// A convolution and its two gradients are sums over the same triples (element of x, of w, of y).
template <class Body> void forEachTriple(const Geometry& g, Body body) {
    const int perGroup = g.w.k / g.d.groups;
    const bool flip = g.d.mode == CONVOLUTION;
    for (int n = 0; n < g.x.n; n++)
    for (int k = 0; k < g.w.k; k++)
    for (int p = 0; p < g.y.h; p++)
    for (int q = 0; q < g.y.w; q++)
    for (int c = 0; c < g.w.c; c++)
    for (int r = 0; r < g.w.r; r++)
    for (int s = 0; s < g.w.s; s++) {
        const int h = p * g.d.strideH - g.d.padH + r * g.d.dilationH;
        const int w = q * g.d.strideW - g.d.padW + s * g.d.dilationW;
        if (h >= 0 && h < g.x.h && w >= 0 && w < g.x.w) {
            const int fr = flip ? g.w.r - 1 - r : r, fs = flip ? g.w.s - 1 - s : s;
            body(g.x.at(n, k / perGroup * g.w.c + c, h, w), (((long) k * g.w.c + c) * g.w.r + fr) * g.w.s + fs,
                g.y.at(n, k, p, q));
        }
    }
}

// The result of one direction from the other two operands.
void compute(const Geometry& g, Direction direction, Kind kind, const float* x, const float* w, const float* y,
        float* out, float alpha, float beta) {
    const bool atomic = kind == ATOMIC, rounds = tensorCores(g);
    const uint64_t bytes = direction == FORWARD ? g.y.bytes() : direction == BACKWARD_DATA ? g.x.bytes() : g.w.bytes();
    std::vector<Sum> sums(bytes / 4);
    forEachTriple(g, [&](long xi, long wi, long yi) {
        float a = direction == FORWARD ? x[xi] : direction == BACKWARD_DATA ? w[wi] : x[xi];
        float b = direction == FORWARD ? w[wi] : y[yi];
        Sum& sum = sums[direction == FORWARD ? yi : direction == BACKWARD_DATA ? xi : wi];
        if (rounds) {
            a = doubles::tf32(a), b = doubles::tf32(b);
        }
        if (atomic) {
            sum.parts[randomNumber(2)] += a * b;
        } else {
            sum.exact += (double) a * b;
        }
    });
    for (size_t i = 0; i < sums.size(); i++) {
        doubles::blend(out[i], sums[i].value(atomic), alpha, beta);
    }
}

int kindOf(const Geometry& g, Direction direction, int algorithm, Kind* kind) {
    const auto& known = ALGORITHMS[direction];
    if (algorithm < 0 || algorithm >= (int) known.size()) {
        return refuse(BAD_PARAM, text("%s: %d is no algorithm", g.function, algorithm));
    }
    *kind = known[algorithm];
    return OK;
}

int run(const Geometry& g, Direction direction, const void* handle, const float* alpha, const void* x, const void* w,
        const void* y, int algorithm, const void* workspace, size_t workspaceBytes, const float* beta) {
    Kind kind;
    if (int status = kindOf(g, direction, algorithm, &kind)) {
        return status;
    }
    std::string why = unsupported(g, kind);
    if (!why.empty()) {
        return refuse(UNSUPPORTED, text("%s: algorithm %d ", g.function, algorithm) + why);
    }
    if (!g.x.dense() || !g.y.dense()) {
        return refuse(UNSUPPORTED, text("%s: the double convolves dense tensors only", g.function));
    }
    const size_t needed = workspaceFor(g, kind);
    if (workspaceBytes < needed) {
        return refuse(BAD_PARAM_SIZE, text("%s: algorithm %d needs a workspace of %lu bytes, %lu were given",
            g.function, algorithm, (unsigned long) needed, (unsigned long) workspaceBytes));
    }
    auto use = [=](Direction written) { return written == direction ? result(beta) : Argument::READ; };
    Call call{g.function, handle, alpha, beta, {{"x", x, g.x.bytes(), use(BACKWARD_DATA)},
        {"w", w, g.w.bytes(), use(BACKWARD_FILTER)}, {"y", y, g.y.bytes(), use(FORWARD)},
        {"workspace", workspace, needed, Argument::SCRATCH}}};
    return call.run([=](float a, float b) {
        simulatedClock += ticks(kind);
        if (needed > 0) {       // an algorithm leaves its workspace changed
            memset(const_cast<void*>(workspace), 0xfe, needed);
        }
        auto* out = const_cast<float*>(static_cast<const float*>(direction == FORWARD ? y
            : direction == BACKWARD_DATA ? x : w));
        compute(g, direction, kind, static_cast<const float*>(x), static_cast<const float*>(w),
            static_cast<const float*>(y), out, a, b);
    });
}

// Asking for the size is the way to ask whether an algorithm supports a geometry: a "no" is no defect.
int workspaceSize(const Geometry& g, Direction direction, int algorithm, size_t* bytes) {
    Kind kind;
    if (int status = kindOf(g, direction, algorithm, &kind)) {
        return status;
    }
    *bytes = workspaceFor(g, kind);
    return unsupported(g, kind).empty() ? OK : UNSUPPORTED;
}

int suggest(const Geometry& g, Direction direction, int requested, int* returned, Performance* results) {
    if (requested < 1) {
        return refuse(BAD_PARAM, text("%s: %d algorithms asked for", g.function, requested));
    }
    int count = 0;
    for (int pass = 0; pass < 2; pass++) {          // those that can, best first; then the others
        for (int algorithm : ORDER[direction]) {
            const Kind kind = ALGORITHMS[direction][algorithm];
            const bool can = unsupported(g, kind).empty();
            if (can == (pass == 0) && count < requested) {
                results[count] = {algorithm, can ? OK : UNSUPPORTED, -1, can ? workspaceFor(g, kind) : 0,
                    kind != ATOMIC, tensorCores(g) ? (int) DEFAULT_MATH : (int) FMA_MATH, {}};
                count++;
            }
        }
    }
    *returned = count;
    return OK;
}

}  // namespace

// The three directions have the same functions; only the order of the descriptors differs. Failing, the one that
// suggests algorithms leaves its results as they were.
#define READ(function, x, w, y) \
    CUDNN_BEGIN(function) \
    CUDNN_GET(Handle, h, function, handle) \
    (void) h; \
    Geometry g; \
    if (int status = read(function, x, w, convDesc, y, &g)) { \
        return status; \
    }

extern "C" {

int cudnnGetConvolutionForwardWorkspaceSize(void* handle, const void* xDesc, const void* wDesc, const void* convDesc,
        const void* yDesc, int algorithm, size_t* bytes) {
    READ("cudnnGetConvolutionForwardWorkspaceSize", xDesc, wDesc, yDesc)
    return workspaceSize(g, FORWARD, algorithm, bytes);
}

int cudnnGetConvolutionBackwardDataWorkspaceSize(void* handle, const void* wDesc, const void* dyDesc,
        const void* convDesc, const void* dxDesc, int algorithm, size_t* bytes) {
    READ("cudnnGetConvolutionBackwardDataWorkspaceSize", dxDesc, wDesc, dyDesc)
    return workspaceSize(g, BACKWARD_DATA, algorithm, bytes);
}

int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* handle, const void* xDesc, const void* dyDesc,
        const void* convDesc, const void* dwDesc, int algorithm, size_t* bytes) {
    READ("cudnnGetConvolutionBackwardFilterWorkspaceSize", xDesc, dwDesc, dyDesc)
    return workspaceSize(g, BACKWARD_FILTER, algorithm, bytes);
}

int cudnnGetConvolutionForwardAlgorithm_v7(void* handle, const void* xDesc, const void* wDesc, const void* convDesc,
        const void* yDesc, int requested, int* returned, Performance* results) {
    READ("cudnnGetConvolutionForwardAlgorithm_v7", xDesc, wDesc, yDesc)
    return suggest(g, FORWARD, requested, returned, results);
}

int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* handle, const void* wDesc, const void* dyDesc,
        const void* convDesc, const void* dxDesc, int requested, int* returned, Performance* results) {
    READ("cudnnGetConvolutionBackwardDataAlgorithm_v7", dxDesc, wDesc, dyDesc)
    return suggest(g, BACKWARD_DATA, requested, returned, results);
}

int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* handle, const void* xDesc, const void* dyDesc,
        const void* convDesc, const void* dwDesc, int requested, int* returned, Performance* results) {
    READ("cudnnGetConvolutionBackwardFilterAlgorithm_v7", xDesc, dwDesc, dyDesc)
    return suggest(g, BACKWARD_FILTER, requested, returned, results);
}

int cudnnConvolutionForward(void* handle, const float* alpha, const void* xDesc, const void* x, const void* wDesc,
        const void* w, const void* convDesc, int algorithm, void* workspace, size_t workspaceBytes, const float* beta,
        const void* yDesc, void* y) {
    READ("cudnnConvolutionForward", xDesc, wDesc, yDesc)
    return run(g, FORWARD, handle, alpha, x, w, y, algorithm, workspace, workspaceBytes, beta);
}

int cudnnConvolutionBackwardData(void* handle, const float* alpha, const void* wDesc, const void* w,
        const void* dyDesc, const void* dy, const void* convDesc, int algorithm, void* workspace, size_t workspaceBytes,
        const float* beta, const void* dxDesc, void* dx) {
    READ("cudnnConvolutionBackwardData", dxDesc, wDesc, dyDesc)
    return run(g, BACKWARD_DATA, handle, alpha, dx, w, dy, algorithm, workspace, workspaceBytes, beta);
}

int cudnnConvolutionBackwardFilter(void* handle, const float* alpha, const void* xDesc, const void* x,
        const void* dyDesc, const void* dy, const void* convDesc, int algorithm, void* workspace, size_t workspaceBytes,
        const float* beta, const void* dwDesc, void* dw) {
    READ("cudnnConvolutionBackwardFilter", xDesc, dwDesc, dyDesc)
    return run(g, BACKWARD_FILTER, handle, alpha, x, dw, dy, algorithm, workspace, workspaceBytes, beta);
}

int cudnnConvolutionBackwardBias(void* handle, const float* alpha, const void* dyDesc, const void* dy,
        const float* beta, const void* dbDesc, void* db) {
    const char* function = "cudnnConvolutionBackwardBias";
    CUDNN_BEGIN(function)
    CUDNN_GET(Tensor, y, function, dyDesc)
    CUDNN_GET(Tensor, b, function, dbDesc)
    if (b->n != 1 || b->c != y->c || b->h != 1 || b->w != 1) {
        return refuse(BAD_PARAM, text("%s: db %s must be [1, %d, 1, 1] for dy %s", function, b->shape().c_str(), y->c,
            y->shape().c_str()));
    }
    const Tensor dyT = *y, dbT = *b;
    Call call{function, handle, alpha, beta, {{"dy", dy, dyT.bytes(), Argument::READ},
        {"db", db, dbT.bytes(), result(beta)}}};
    return call.run([=](float a, float scale) {
        for (int c = 0; c < dyT.c; c++) {
            double sum = 0;
            for (int n = 0; n < dyT.n; n++)
            for (int h = 0; h < dyT.h; h++)
            for (int w = 0; w < dyT.w; w++) {
                sum += static_cast<const float*>(dy)[dyT.at(n, c, h, w)];
            }
            doubles::blend(static_cast<float*>(db)[dbT.at(0, c, 0, 0)], sum, a, scale);
        }
    });
}

}  // extern "C"
