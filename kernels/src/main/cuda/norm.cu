// norm.cu -- batch, layer and group norm, and local response norm. x, y, dy, dx dense.
//   hat = (x - mean[group]) * inverse[group]     y = act(gamma * hat + beta)     inverse = 1 / sqrt(variance + eps)
//   With g = gamma * dy and M members of a group:
//   dx (+)= inverse * (g - sum(g)/M - hat * sum(g * hat)/M)     dgamma (+)= sum(dy * hat)     dbeta (+)= sum(dy)
//   The norms differ in which elements share a group and which share gamma and beta: element i belongs to number
//   i / inner % count, once for groups and once for gamma and beta.
//   Where both are the same numbers (batch norm), sum(g) = gamma * sum(dy), and one pass over dy and x gives all sums.
//   Statistics and sums are double: where a group has few members, dx is what is left when large terms cancel.
// Oracle engine.cpu.ref.RefNorm | Launch 1-D, block 256, any grid; what walks Members: grid numbers x parts, block 256
// Bound by memory
#include "activation.cuh"
#include "grid.cuh"
#include "members.cuh"

// Mirrors dev.sextant.kernels.NormGroups.
struct Groups {
    int size;                               // elements in all
    int groupInner, groups, affineInner, affines;
};

// In 32 bits: a division of 64 takes longer than the element's way through memory.
__device__ __forceinline__ int numberOf(unsigned i, int inner, int count) {
    return i / inner % count;
}

#define GROUP(g, i) numberOf((unsigned) (i), (g).groupInner, (g).groups)
#define AFFINE(g, i) numberOf((unsigned) (i), (g).affineInner, (g).affines)

// The number of gamma and beta for an element of this group.
__device__ __forceinline__ int affineOf(const Groups& g, long long i, int group) {
    return g.affineInner == g.groupInner && g.affines == g.groups ? group : AFFINE(g, i);
}

// Leaves the block's two sums in parts[which][part][number] ...
__device__ __forceinline__ void leave(const Members& m, double* partial, double first, double second,
        double* parts) {
    first = foldBlock(partial, first);
    second = foldBlock(partial, second);
    if (threadIdx.x == 0) {
        parts[blockIdx.y * m.numbers + blockIdx.x] = first;
        parts[(gridDim.y + blockIdx.y) * m.numbers + blockIdx.x] = second;
    }
}

// ... where `count` parts of each are added up, for one number.
__device__ __forceinline__ double whole(const double* __restrict__ parts, int which, int count, int numbers,
        int number) {
    double sum = 0.0;
    #pragma unroll 8                        // the additions wait for each other, their loads need not
    for (int part = 0; part < count; part++) {
        sum += parts[(which * count + part) * numbers + number];
    }
    return sum;
}

// ---- statistics. The sums are of distances from the group's first member, so that one pass over x is enough: in a group
// of n the mean lies within sqrt(n) deviations of any member, and the variance loses at most log2(n) of double's bits.

__device__ __forceinline__ double origin(const Members& m, const float* x, int number) {
    return m.each > 0 ? x[(long long) number * m.inner] : 0.0;
}

extern "C" __global__ void __launch_bounds__(THREADS)
norm_moments(Members m, const float* __restrict__ x, double* parts) {
    __shared__ double partial[THREADS];
    const double from = origin(m, x, blockIdx.x);
    double sum = 0.0, squares = 0.0;
    #pragma unroll 4
    EACH_MEMBER(w, m) {
        const double d = x[w.at] - from;
        sum += d;
        squares += d * d;
    }
    leave(m, partial, sum, squares, parts);
}

// Running statistics are updated where given, with the unbiased variance.
extern "C" __global__ void norm_moments_whole(Members m, int count, float eps, float momentum, const float* x,
        const double* __restrict__ parts, float* runningMean, float* runningVar, double* mean, double* inverse) {
    GRID_STRIDE(i, m.numbers) {
        const int group = (int) i, members = m.each;
        const double away = whole(parts, 0, count, m.numbers, group) / members;
        const double squares = whole(parts, 1, count, m.numbers, group) / members;
        const double average = origin(m, x, group) + away;
        const double left = squares - away * away, variance = left < 0.0 ? 0.0 : left;  // not-a-number stays
        mean[group] = average;
        inverse[group] = 1.0 / sqrt(variance + (double) eps);
        if (runningMean != 0) {
            const double keep = 1.0 - (double) momentum, unbiased = members / (members - 1.0);
            runningMean[group] = (float) (keep * runningMean[group] + momentum * average);
            runningVar[group] = (float) (keep * runningVar[group] + momentum * (variance * unbiased));
        }
    }
}

// In evaluation the running statistics are the moments.
extern "C" __global__ void norm_running(int groups, float eps, const float* runningMean, const float* runningVar,
        double* mean, double* inverse) {
    GRID_STRIDE(i, groups) {
        mean[i] = runningMean[i];
        inverse[i] = 1.0 / sqrt(runningVar[i] + (double) eps);
    }
}

// gamma and beta may be null.
extern "C" __global__ void norm_apply(Groups g, int kind, float a, float b, const float* x, const double* mean,
        const double* inverse, const float* gamma, const float* beta, float* y) {
    const Activation f = {kind, a, b};
    GRID_STRIDE(i, g.size) {
        const int group = GROUP(g, i), affine = affineOf(g, i, group);
        float v = (float) ((x[i] - mean[group]) * inverse[group]);
        v = gamma != 0 ? v * gamma[affine] : v;
        y[i] = activate(f, beta != 0 ? v + beta[affine] : v);
    }
}

// The two sums of a part of a number: over a group, for dx; with gamma null over dy alone ...
extern "C" __global__ void __launch_bounds__(THREADS)
norm_sums(Groups g, Members m, const float* __restrict__ dy, const float* __restrict__ x,
        const double* __restrict__ mean, const double* __restrict__ inverse, const float* __restrict__ gamma,
        double* parts) {
    __shared__ double partial[THREADS];
    const double average = mean[blockIdx.x], scale = inverse[blockIdx.x];
    double sum = 0.0, sumHat = 0.0;
    #pragma unroll 4
    EACH_MEMBER(w, m) {
        const double v = gamma != 0 ? (double) dy[w.at] * gamma[AFFINE(g, w.at)] : dy[w.at];
        sum += v;
        sumHat += v * ((x[w.at] - average) * scale);
    }
    leave(m, partial, sum, sumHat, parts);
}

// ... and over the elements that share gamma and beta, for their gradients.
extern "C" __global__ void __launch_bounds__(THREADS)
norm_affine_sums(Groups g, Members m, const float* __restrict__ dy, const float* __restrict__ x,
        const double* __restrict__ mean, const double* __restrict__ inverse, double* parts) {
    __shared__ double partial[THREADS];
    double sum = 0.0, sumHat = 0.0;
    #pragma unroll 4
    EACH_MEMBER(w, m) {
        const int group = GROUP(g, w.at);
        sum += dy[w.at];
        sumHat += dy[w.at] * ((x[w.at] - mean[group]) * inverse[group]);
    }
    leave(m, partial, sum, sumHat, parts);
}

// What the sums are for: sums[2][number], times gamma if given, and the gradients; each may be null.
extern "C" __global__ void norm_sums_whole(int numbers, int count, const double* __restrict__ parts,
        const float* gamma, double* sums, float* dgamma, int addGamma, float* dbeta, int addBeta) {
    GRID_STRIDE(i, numbers) {
        const double sum = whole(parts, 0, count, numbers, (int) i), hat = whole(parts, 1, count, numbers, (int) i);
        if (sums != 0) {
            const double scale = gamma != 0 ? gamma[i] : 1.0;
            sums[i] = scale * sum;
            sums[numbers + i] = scale * hat;
        }
        if (dgamma != 0) {
            dgamma[i] = addGamma ? dgamma[i] + (float) hat : (float) hat;
        }
        if (dbeta != 0) {
            dbeta[i] = addBeta ? dbeta[i] + (float) sum : (float) sum;
        }
    }
}

// sums[2][group]; without (null) the statistics are constants, as in evaluation.
extern "C" __global__ void norm_backward(Groups g, const float* dy, const float* x, const double* mean,
        const double* inverse, const float* gamma, const double* sums, float* dx, int add) {
    const double perMember = (double) g.groups / g.size;
    GRID_STRIDE(i, g.size) {
        const int group = GROUP(g, i);
        double v = gamma != 0 ? (double) dy[i] * gamma[affineOf(g, i, group)] : dy[i];
        if (sums != 0) {
            v -= (sums[group] + (x[i] - mean[group]) * inverse[group] * sums[g.groups + group]) * perMember;
        }
        const float d = (float) (v * inverse[group]);
        dx[i] = add ? dx[i] + d : d;
    }
}

// ---- across channels: y = x * d^-beta with d = k + alpha/size * sum of x^2 over `size` channels around ----

struct Response {
    int count, channels, plane, size;
    float alpha, beta, k;                   // alpha is alpha/size
};

__device__ __forceinline__ float squares(const Response& g, const float* x, long long i, int c) {
    float sum = 0.0f;
    for (int o = max(0, c - g.size / 2); o <= min(g.channels - 1, c + (g.size - 1) / 2); o++) {
        const float v = x[i + (long long) (o - c) * g.plane];
        sum += v * v;
    }
    return g.k + g.alpha * sum;
}

extern "C" __global__ void response_forward(Response g, const float* x, float* y) {
    GRID_STRIDE(i, g.count) {
        y[i] = x[i] * powf(squares(g, x, i, numberOf((unsigned) i, g.plane, g.channels)), -g.beta);
    }
}

// Gathers from every channel whose window holds this one.
extern "C" __global__ void response_backward(Response g, const float* dy, const float* x, float* dx, int add) {
    GRID_STRIDE(i, g.count) {
        const int c = numberOf((unsigned) i, g.plane, g.channels);
        float sum = dy[i] * powf(squares(g, x, i, c), -g.beta);
        for (int o = max(0, c - (g.size - 1) / 2); o <= min(g.channels - 1, c + g.size / 2); o++) {
            const long long at = i + (long long) (o - c) * g.plane;
            sum -= 2.0f * g.alpha * g.beta * dy[at] * x[at] * powf(squares(g, x, at, o), -g.beta - 1.0f) * x[i];
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}
