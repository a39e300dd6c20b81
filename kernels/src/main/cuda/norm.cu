// norm.cu -- batch, layer and group norm, and local response norm. x, y, dy, dx dense.
//   hat = (x - mean[group]) * inverse[group]     y = act(gamma * hat + beta)     inverse = 1 / sqrt(variance + eps)
//   With g = gamma * dy and M members of a group:
//   dx (+)= inverse * (g - sum(g)/M - hat * sum(g * hat)/M)     dgamma (+)= sum(dy * hat)     dbeta (+)= sum(dy)
//   The norms differ in which elements share a group and which share gamma and beta: element i belongs to number
//   i / inner % count, once for groups and once for gamma and beta.
//   Statistics and sums are double: where a group has few members, dx is what is left when large terms cancel.
// Oracle engine.cpu.ref.RefNorm | Launch 1-D, block 256, any grid; norm_moments and norm_sums a block of 256 per number
// Bound by memory
#include "activation.cuh"
#include "grid.cuh"

// Mirrors dev.sextant.kernels.NormGroups.
struct Groups {
    int size;                               // elements in all
    int groupInner, groups, affineInner, affines;
};

#define GROUP(g, i) ((int) ((i) / (g).groupInner % (g).groups))
#define AFFINE(g, i) ((int) ((i) / (g).affineInner % (g).affines))

#define THREADS 256

// The block's sum, for everybody, folded in a fixed tree.
__device__ __forceinline__ double foldBlock(double* partial, double v) {
    const int t = threadIdx.x;
    __syncthreads();                        // nobody reads the last fold any more
    partial[t] = v;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) {
            partial[t] += partial[t + half];
        }
    }
    __syncthreads();
    return partial[0];
}

// Member j of a number.
__device__ __forceinline__ long long elementOf(int j, int number, int inner, int count) {
    return ((long long) (j / inner) * count + number) * inner + j % inner;
}

// Running statistics are updated where given, with the unbiased variance.
extern "C" __global__ void __launch_bounds__(THREADS)
norm_moments(Groups g, float eps, float momentum, const float* __restrict__ x, float* runningMean, float* runningVar,
        double* mean, double* inverse) {
    __shared__ double partial[THREADS];
    const int group = blockIdx.x, members = g.size / g.groups;
    double sum = 0.0, squares = 0.0;
    for (int j = threadIdx.x; j < members; j += THREADS) {
        sum += x[elementOf(j, group, g.groupInner, g.groups)];
    }
    const double m = foldBlock(partial, sum) / members;
    for (int j = threadIdx.x; j < members; j += THREADS) {
        const double d = x[elementOf(j, group, g.groupInner, g.groups)] - m;
        squares += d * d;
    }
    const double variance = foldBlock(partial, squares) / members;
    if (threadIdx.x == 0) {
        mean[group] = m;
        inverse[group] = 1.0 / sqrt(variance + (double) eps);
        if (runningMean != 0) {
            const double keep = 1.0 - (double) momentum, unbiased = members / (members - 1.0);
            runningMean[group] = (float) (keep * runningMean[group] + momentum * m);
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
        const int group = GROUP(g, i), affine = AFFINE(g, i);
        float v = (float) ((x[i] - mean[group]) * inverse[group]);
        v = gamma != 0 ? v * gamma[affine] : v;
        y[i] = activate(f, beta != 0 ? v + beta[affine] : v);
    }
}

// The two sums of one number: over a group with gamma, for dx (to sum and sumHat) ...
extern "C" __global__ void __launch_bounds__(THREADS)
norm_sums(Groups g, const float* dy, const float* x, const double* mean, const double* inverse, const float* gamma,
        double* sum, double* sumHat) {
    __shared__ double partial[THREADS];
    const int group = blockIdx.x;
    double s = 0.0, hat = 0.0;
    for (int j = threadIdx.x; j < g.size / g.groups; j += THREADS) {
        const long long i = elementOf(j, group, g.groupInner, g.groups);
        const double v = gamma != 0 ? (double) dy[i] * gamma[AFFINE(g, i)] : dy[i];
        s += v;
        hat += v * ((x[i] - mean[group]) * inverse[group]);
    }
    s = foldBlock(partial, s);
    hat = foldBlock(partial, hat);
    if (threadIdx.x == 0) {
        sum[group] = s;
        sumHat[group] = hat;
    }
}

// ... and over the elements that share gamma and beta: their gradients, either of which may be null.
extern "C" __global__ void __launch_bounds__(THREADS)
norm_affine_backward(Groups g, const float* dy, const float* x, const double* mean, const double* inverse,
        float* dgamma, float* dbeta, int add) {
    __shared__ double partial[THREADS];
    const int number = blockIdx.x;
    double s = 0.0, hat = 0.0;
    for (int j = threadIdx.x; j < g.size / g.affines; j += THREADS) {
        const long long i = elementOf(j, number, g.affineInner, g.affines);
        const int group = GROUP(g, i);
        s += dy[i];
        hat += dy[i] * ((x[i] - mean[group]) * inverse[group]);
    }
    s = foldBlock(partial, s);
    hat = foldBlock(partial, hat);
    if (threadIdx.x == 0 && dbeta != 0) {
        dbeta[number] = add ? dbeta[number] + (float) s : (float) s;
    }
    if (threadIdx.x == 0 && dgamma != 0) {
        dgamma[number] = add ? dgamma[number] + (float) hat : (float) hat;
    }
}

// Without sums (null) the statistics are constants, as in evaluation.
extern "C" __global__ void norm_backward(Groups g, const float* dy, const float* x, const double* mean,
        const double* inverse, const float* gamma, const double* sum, const double* sumHat, float* dx, int add) {
    const double perMember = (double) g.groups / g.size;
    GRID_STRIDE(i, g.size) {
        const int group = GROUP(g, i);
        double v = gamma != 0 ? (double) dy[i] * gamma[AFFINE(g, i)] : dy[i];
        if (sum != 0) {
            v -= (sum[group] + (x[i] - mean[group]) * inverse[group] * sumHat[group]) * perMember;
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
        y[i] = x[i] * powf(squares(g, x, i, (int) (i / g.plane % g.channels)), -g.beta);
    }
}

// Gathers from every channel whose window holds this one.
extern "C" __global__ void response_backward(Response g, const float* dy, const float* x, float* dx, int add) {
    GRID_STRIDE(i, g.count) {
        const int c = (int) (i / g.plane % g.channels);
        float sum = dy[i] * powf(squares(g, x, i, c), -g.beta);
        for (int o = max(0, c - (g.size - 1) / 2); o <= min(g.channels - 1, c + g.size / 2); o++) {
            const long long at = i + (long long) (o - c) * g.plane;
            sum -= 2.0f * g.alpha * g.beta * dy[at] * x[at] * powf(squares(g, x, at, o), -g.beta - 1.0f) * x[i];
        }
        dx[i] = add ? dx[i] + sum : sum;
    }
}
