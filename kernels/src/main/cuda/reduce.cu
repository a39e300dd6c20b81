// reduce.cu -- reductions along axes, softmax and running sums. Geometry: reduction.cuh; x, dx dense.
//   y[o] = reduce over j < each of x[member(o, j)]       dx[member(o, j)] (+)= slope * dy[o]
//   `lanes` threads (a power of two, at most 256) share one result: each walks in strides of lanes, then they fold in a
//   fixed tree. So a few long results and many short ones both keep the device busy, and the bits are always the same.
// Oracle engine.cpu.ref.RefReduce | Launch block 256, 256/lanes results per block, any grid; the others 1-D
// Bound by memory
#include "grid.cuh"
#include "reduction.cuh"

#define THREADS 256

// The places of dev.sextant.engine.op.ReduceSpec.Kind; DOT is the sum of x * other.
enum { R_SUM, R_MEAN, R_MAX, R_MIN, R_AMAX, R_AMIN, R_ARGMAX, R_ARGMIN, R_PROD, R_VAR, R_STD, R_NORM2, R_LOGSUMEXP,
    R_DOT };

struct Fold {
    float value[THREADS];
    int at[THREADS];
};

__device__ __forceinline__ bool isLargest(int kind) {
    return kind == R_MAX || kind == R_AMAX || kind == R_ARGMAX || kind == R_LOGSUMEXP;
}

// Whether (v, at) wins over (best, bestAt): not-a-number first, then the larger (or smaller), then the earlier.
__device__ __forceinline__ bool wins(bool largest, float v, int at, float best, int bestAt) {
    if (at < 0 || bestAt < 0) {
        return bestAt < 0;
    }
    if (v != v || best != best) {
        return v != v && (best == best || at < bestAt);
    }
    return v == best ? at < bestAt : largest ? v > best : v < best;
}

// Each group of lanes adds (or multiplies) its values; everybody gets the result.
__device__ __forceinline__ float foldValues(Fold& f, int lanes, float v, bool product) {
    const int t = threadIdx.x, lane = t % lanes;
    __syncthreads();                        // nobody reads the last fold any more
    f.value[t] = v;
    for (int half = lanes / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) {
            f.value[t] = product ? f.value[t] * f.value[t + half] : f.value[t] + f.value[t + half];
        }
    }
    __syncthreads();
    return f.value[t - lane];
}

__device__ __forceinline__ int foldBest(Fold& f, int lanes, bool largest, float* v, int at) {
    const int t = threadIdx.x, lane = t % lanes;
    __syncthreads();
    f.value[t] = *v;
    f.at[t] = at;
    for (int half = lanes / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half && wins(largest, f.value[t + half], f.at[t + half], f.value[t], f.at[t])) {
            f.value[t] = f.value[t + half];
            f.at[t] = f.at[t + half];
        }
    }
    __syncthreads();
    *v = f.value[t - lane];
    return f.at[t - lane];
}

// The thread's members of result o: the best of them, or the sum of what each kind adds up. `about` is the mean of VAR
// and STD, the maximum of LOGSUMEXP, the best of AMAX and AMIN, which are a second pass over the members.
__device__ __forceinline__ float partial(const Reduction& r, int kind, int o, int lane, int lanes, const float* x,
        const float* other, bool second, float about) {
    float sum = kind == R_PROD ? 1.0f : 0.0f;
    for (int j = lane; j < r.each; j += lanes) {
        const int at = memberOf(r, o, j);
        const float v = x[at];
        if (kind == R_PROD) {
            sum *= v;
        } else if (kind == R_DOT) {
            sum += v * other[at];
        } else if (kind == R_NORM2) {
            sum += v * v;
        } else if (!second) {
            sum += v;
        } else if (kind == R_LOGSUMEXP) {
            sum += expf(v - about);
        } else if (kind == R_AMAX || kind == R_AMIN) {
            sum += v == about ? 1.0f : 0.0f;
        } else {
            sum += (v - about) * (v - about);
        }
    }
    return sum;
}

// y, at and stat may each be null. stat: the mean of VAR and STD, the number of ties of AMAX and AMIN.
extern "C" __global__ void __launch_bounds__(THREADS)
reduce(Reduction r, int kind, int lanes, float divisor, const float* x, const float* other, float* y, int* at,
        float* stat, int add) {
    __shared__ Fold fold;
    const int perBlock = THREADS / lanes, lane = threadIdx.x % lanes;
    const bool selects = isLargest(kind) || kind == R_MIN || kind == R_AMIN || kind == R_ARGMIN;
    for (int first = blockIdx.x * perBlock; first < r.outputs; first += gridDim.x * perBlock) {
        const int o = first + threadIdx.x / lanes;
        const bool mine = o < r.outputs;    // the others still meet at the barriers
        float value = 0.0f, about = 0.0f;
        int best = -1;
        if (selects) {
            for (int j = lane; mine && j < r.each; j += lanes) {
                const float v = x[memberOf(r, o, j)];
                if (wins(isLargest(kind), v, j, value, best)) {
                    value = v;
                    best = j;
                }
            }
            best = foldBest(fold, lanes, isLargest(kind), &value, best);
            about = value;
        } else {
            value = foldValues(fold, lanes, mine ? partial(r, kind, o, lane, lanes, x, other, false, 0.0f)
                : 0.0f, kind == R_PROD);
            about = value / r.each;
        }
        if (kind == R_VAR || kind == R_STD || kind == R_LOGSUMEXP || kind == R_AMAX || kind == R_AMIN) {
            const float sum = foldValues(fold, lanes, mine ? partial(r, kind, o, lane, lanes, x, other, true, about)
                : 0.0f, false);
            if (kind == R_LOGSUMEXP) {
                value = isinf(about) ? about : about + logf(sum);
            } else if (kind == R_VAR || kind == R_STD) {
                value = kind == R_VAR ? sum / divisor : sqrtf(sum / divisor);
            } else {
                about = sum;
            }
        }
        value = kind == R_MEAN ? value / divisor : kind == R_NORM2 ? sqrtf(value) : value;
        if (mine && lane == 0) {
            if (y != 0) {
                y[o] = add ? y[o] + value : value;
            }
            if (at != 0) {
                at[o] = best;
            }
            if (stat != 0) {
                stat[o] = about;
            }
        }
    }
}

// From what `reduce` left of the same x.
extern "C" __global__ void reduce_backward(Reduction r, int kind, float divisor, const float* x, const float* y,
        const int* at, const float* stat, const float* dy, float* dx, int add) {
    GRID_STRIDE(i, (long long) r.outputs * r.each) {
        const int o = (int) (i / r.each), j = (int) (i % r.each), place = memberOf(r, o, j);
        float slope = 1.0f;
        switch (kind) {
            case R_MEAN: slope = 1.0f / divisor; break;
            case R_MAX: case R_MIN: slope = j == at[o] ? 1.0f : 0.0f; break;
            case R_AMAX: case R_AMIN: slope = x[place] == y[o] ? 1.0f / stat[o] : 0.0f; break;
            case R_VAR: slope = 2.0f * (x[place] - stat[o]) / divisor; break;
            case R_STD: slope = y[o] == 0.0f ? 0.0f : (x[place] - stat[o]) / (divisor * y[o]); break;
            case R_NORM2: slope = y[o] == 0.0f ? 0.0f : x[place] / y[o]; break;
            case R_LOGSUMEXP: slope = expf(x[place] - y[o]); break;
        }
        const float g = slope * dy[o];
        dx[place] = add ? dx[place] + g : g;
    }
}

// The product of all other members, without dividing by one that may be 0: a thread per result, there and back.
extern "C" __global__ void product_backward(Reduction r, const float* x, const float* dy, float* dx) {
    GRID_STRIDE(i, r.outputs) {
        const int o = (int) i;
        float before = 1.0f, after = dy[o];
        for (int j = 0; j < r.each; j++) {
            const int at = memberOf(r, o, j);
            dx[at] = before;
            before *= x[at];
        }
        for (int j = r.each - 1; j >= 0; j--) {
            const int at = memberOf(r, o, j);
            dx[at] *= after;
            after *= x[at];
        }
    }
}

// ---- softmax: `lanes` threads per line, as above. The maximum and the sum stay apart, since their logarithm's sum would
// round what is small beside the maximum; backward's sum is double, since what is left of dy - sum(dy*y) may be little.

extern "C" __global__ void __launch_bounds__(THREADS)
softmax_forward(Reduction r, int lanes, int log, const float* x, float* y) {
    __shared__ Fold fold;
    const int perBlock = THREADS / lanes, lane = threadIdx.x % lanes;
    for (int first = blockIdx.x * perBlock; first < r.outputs; first += gridDim.x * perBlock) {
        const int o = first + threadIdx.x / lanes, each = o < r.outputs ? r.each : 0;
        float most = 0.0f, sum = 0.0f;
        int best = -1;
        for (int j = lane; j < each; j += lanes) {
            const float v = x[memberOf(r, o, j)];
            if (wins(true, v, j, most, best)) {
                most = v;
                best = j;
            }
        }
        foldBest(fold, lanes, true, &most, best);
        for (int j = lane; j < each; j += lanes) {
            sum += expf(x[memberOf(r, o, j)] - most);
        }
        sum = foldValues(fold, lanes, sum, false);
        for (int j = lane; j < each; j += lanes) {
            const int at = memberOf(r, o, j);
            y[at] = log ? x[at] - most - logf(sum) : expf(x[at] - most) / sum;
        }
    }
}

// dx (+)= y * (dy - sum(dy * y)); for the logarithm  dy - e^y * sum(dy).
extern "C" __global__ void __launch_bounds__(THREADS)
softmax_backward(Reduction r, int lanes, int log, const float* y, const float* dy, float* dx, int add) {
    __shared__ double partial[THREADS];
    const int perBlock = THREADS / lanes, t = threadIdx.x, lane = t % lanes;
    for (int first = blockIdx.x * perBlock; first < r.outputs; first += gridDim.x * perBlock) {
        const int o = first + t / lanes, each = o < r.outputs ? r.each : 0;
        double sum = 0.0;
        for (int j = lane; j < each; j += lanes) {
            const int at = memberOf(r, o, j);
            sum += log ? dy[at] : (double) dy[at] * y[at];
        }
        __syncthreads();
        partial[t] = sum;
        for (int half = lanes / 2; half > 0; half /= 2) {
            __syncthreads();
            if (lane < half) {
                partial[t] += partial[t + half];
            }
        }
        __syncthreads();
        sum = partial[t - lane];
        for (int j = lane; j < each; j += lanes) {
            const int at = memberOf(r, o, j);
            const float g = (float) (log ? dy[at] - expf(y[at]) * sum : y[at] * (dy[at] - sum));
            dx[at] = add ? dx[at] + g : g;
        }
    }
}

// ---- running sums: a thread per line; backward runs from the end ----

extern "C" __global__ void running_sum(Reduction r, int backward, const float* x, float* y, int add) {
    GRID_STRIDE(i, r.outputs) {
        float sum = 0.0f;
        for (int k = 0; k < r.each; k++) {
            const int at = memberOf(r, (int) i, backward ? r.each - 1 - k : k);
            sum += x[at];
            y[at] = add ? y[at] + sum : sum;
        }
    }
}
