// loss.cu -- losses and their gradients. Sums over items are left to reduce.cu, so that no atomics are needed.
//   Cross-entropy of logits [N, C, plane]: per item  value = sum over c of q_c * (lse - x_c),  lse = log(sum(e^x)),
//   q_c = weight_c * ((1 - smoothing) * target_c + smoothing / C), all zero for an ignored label;
//   gradient  (p_c * sum(q) - q_c) * dloss / divisor.  A warp per item, its lanes walk the classes.
//   Double where a sure item's loss is what is left of two large terms.
//   The others compare element by element, or (likelihood) pick one log-probability per item.
// Oracle engine.cpu.ref.RefLoss | Launch block 128 (four items) for cross-entropy, the others 1-D, any grid
// Bound by memory
#include "grid.cuh"

#define FULL 0xffffffffu
#define WARPS 4

// Mirrors dev.sextant.kernels.CudaLoss: the fields of its launches, in this order.
struct Items {
    int items, classes, plane;              // item -> (n, position in plane)
    int ignored;                            // label that does not count
};

__device__ __forceinline__ long long logitOf(const Items& g, int item, int c) {
    return ((long long) (item / g.plane) * g.classes + c) * g.plane + item % g.plane;
}

__device__ __forceinline__ double warpSum(double v) {
    for (int lane = 16; lane > 0; lane /= 2) {
        v += __shfl_xor_sync(FULL, v, lane);
    }
    return v;
}

__device__ __forceinline__ float warpMax(float v) {
    for (int lane = 16; lane > 0; lane /= 2) {
        v = fmaxf(v, __shfl_xor_sync(FULL, v, lane));
    }
    return v;
}

// log(sum(e^x)) of one item, the same in all lanes.
__device__ __forceinline__ double logSumExp(const Items& g, int item, int lane, const float* x) {
    float most = __int_as_float(0xff800000);
    for (int c = lane; c < g.classes; c += 32) {
        most = fmaxf(most, x[logitOf(g, item, c)]);
    }
    most = warpMax(most);
    double sum = 0.0;
    for (int c = lane; c < g.classes; c += 32) {
        sum += expf(x[logitOf(g, item, c)] - most);
    }
    sum = warpSum(sum);
    return isinf(most) ? most : most + log(sum);
}

// Either labels or probabilities is given; weight may be null.
__device__ __forceinline__ float aim(const Items& g, int item, int c, float smoothing, const int* labels,
        const float* probabilities, const float* weight) {
    const float wanted = probabilities != 0 ? probabilities[logitOf(g, item, c)] : labels[item] == c ? 1.0f : 0.0f;
    const float q = (1.0f - smoothing) * wanted + smoothing / g.classes;
    return weight != 0 ? weight[c] * q : q;
}

// counted[item]: what the item adds to the divisor of the mean over labels.
extern "C" __global__ void __launch_bounds__(32 * WARPS)
cross_entropy(Items g, float smoothing, const float* x, const int* labels, const float* probabilities,
        const float* weight, float* value, float* counted) {
    const int lane = threadIdx.x % 32;
    for (int item = blockIdx.x * WARPS + threadIdx.x / 32; item < g.items; item += gridDim.x * WARPS) {
        const bool counts = probabilities != 0 || labels[item] != g.ignored;
        const double lse = logSumExp(g, item, lane, x);
        double sum = 0.0;
        for (int c = lane; counts && c < g.classes; c += 32) {
            const float q = aim(g, item, c, smoothing, labels, probabilities, weight);
            sum += q == 0.0f ? 0.0 : q * (lse - x[logitOf(g, item, c)]);
        }
        sum = warpSum(sum);
        if (lane == 0) {
            value[item] = (float) sum;
            counted[item] = !counts ? 0.0f : probabilities != 0 || weight == 0 ? 1.0f : weight[labels[item]];
        }
    }
}

// dloss holds one value, or one per item; divisor is one value.
extern "C" __global__ void __launch_bounds__(32 * WARPS)
cross_entropy_backward(Items g, float smoothing, const float* x, const int* labels, const float* probabilities,
        const float* weight, const float* dloss, int perItem, const float* divisor, float* dx, int add) {
    const int lane = threadIdx.x % 32;
    for (int item = blockIdx.x * WARPS + threadIdx.x / 32; item < g.items; item += gridDim.x * WARPS) {
        const bool counts = probabilities != 0 || labels[item] != g.ignored;
        const double lse = logSumExp(g, item, lane, x);
        double total = 0.0;
        for (int c = lane; counts && c < g.classes; c += 32) {
            total += aim(g, item, c, smoothing, labels, probabilities, weight);
        }
        total = warpSum(total);
        const float upstream = dloss[perItem ? item : 0] / divisor[0];
        for (int c = lane; c < g.classes; c += 32) {
            const long long at = logitOf(g, item, c);
            float v = 0.0f;
            if (total != 0.0) {
                const float q = aim(g, item, c, smoothing, labels, probabilities, weight);
                v = (float) ((exp(x[at] - lse) * total - q) * upstream);
            }
            dx[at] = add ? dx[at] + v : v;
        }
    }
}

// loss = sum / divisor, one value each.
extern "C" __global__ void quotient(const float* sum, const float* divisor, float* loss) {
    loss[0] = sum[0] / divisor[0];
}

// ---- element by element: the places of dev.sextant.engine.op.ElementLossSpec.Kind ----

enum { L_MSE, L_L1, L_SMOOTH_L1, L_HUBER, L_BCE };

__device__ __forceinline__ float softplus(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }
__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
__device__ __forceinline__ float signOf(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }

__device__ __forceinline__ float slopeOfInput(int kind, float limit, float x, float t, float positive) {
    const float d = x - t, a = fabsf(d);
    switch (kind) {
        case L_MSE: return 2.0f * d;
        case L_L1: return signOf(d);
        case L_SMOOTH_L1: return a < limit ? d / limit : signOf(d);
        case L_HUBER: return a <= limit ? d : limit * signOf(d);
        default: return (1.0f - t) * sigmoid(x) - positive * t * sigmoid(-x);
    }
}

// weight: of the positive class, one per position of the last axis; may be null.
extern "C" __global__ void element_loss(int kind, float limit, const float* input, const float* target,
        const float* weight, int weights, float* value, int n) {
    GRID_STRIDE(i, n) {
        const float x = input[i], t = target[i], d = x - t, a = fabsf(d);
        const float positive = weight != 0 ? weight[i % weights] : 1.0f;
        float v;
        switch (kind) {
            case L_MSE: v = d * d; break;
            case L_L1: v = a; break;
            case L_SMOOTH_L1: v = a < limit ? d * d / (2.0f * limit) : a - limit / 2.0f; break;
            case L_HUBER: v = a <= limit ? d * d / 2.0f : limit * (a - limit / 2.0f); break;
            default: v = positive * t * softplus(-x) + (1.0f - t) * softplus(x);
        }
        value[i] = v;
    }
}

extern "C" __global__ void element_loss_backward(int kind, float limit, int ofTarget, const float* input,
        const float* target, const float* weight, int weights, const float* dloss, int perItem, float scale, float* dx,
        int n, int add) {
    GRID_STRIDE(i, n) {
        const float x = input[i], t = target[i], positive = weight != 0 ? weight[i % weights] : 1.0f;
        const float slope = !ofTarget ? slopeOfInput(kind, limit, x, t, positive)
            : kind == L_BCE ? positive * softplus(-x) - softplus(x) : -slopeOfInput(kind, limit, x, t, positive);
        const float v = dloss[perItem ? i : 0] * scale * slope;
        dx[i] = add ? dx[i] + v : v;
    }
}

// ---- negative log-likelihood: -weight[label] * input[label] ----

extern "C" __global__ void likelihood(Items g, const float* input, const int* labels, const float* weight,
        float* value, float* counted) {
    GRID_STRIDE(i, g.items) {
        const int label = labels[i];
        const float w = weight != 0 ? weight[label] : 1.0f;
        value[i] = -w * input[logitOf(g, (int) i, label)];
        counted[i] = w;
    }
}

extern "C" __global__ void likelihood_backward(Items g, const int* labels, const float* weight, const float* dloss,
        int perItem, const float* divisor, float* dx, int add) {
    GRID_STRIDE(i, (long long) g.items * g.classes) {           // i -> (item, c)
        const int item = (int) (i / g.classes), c = (int) (i % g.classes);
        const long long at = logitOf(g, item, c);
        const float w = weight != 0 ? weight[c] : 1.0f;
        const float v = labels[item] == c ? -w / divisor[0] * dloss[perItem ? item : 0] : 0.0f;
        dx[at] = add ? dx[at] + v : v;
    }
}
