// optim.cu -- the update rules, one pass in place over parameter p, gradient g and state. Rules and names are those of
// dev.sextant.engine.op.OptimizerSpec. What depends on the step alone (bias corrections, decayed rates) is computed on
// the host in double.
// Oracle engine.cpu.ref.RefOptimizer | Launch 1-D, block 256, any grid | Bound by memory
#include "grid.cuh"

// v = momentum * v + keep * g (at the first step v = g); v may be null.
extern "C" __global__ void sgd(float* p, const float* grad, float* v, int n, float lr, float momentum, float keep,
        float decay, int nesterov, int first) {
    GRID_STRIDE(i, n) {
        const float g = grad[i] + decay * p[i];
        float direction = g;
        if (v != 0) {
            const float velocity = first ? g : momentum * v[i] + keep * g;
            v[i] = velocity;
            direction = nesterov ? g + momentum * velocity : velocity;
        }
        p[i] = p[i] - lr * direction;
    }
}

struct Adam {
    float lr, beta1, keep1, beta2, keep2;           // keep = 1 - beta
    float correct1, correct2;                       // 1 - beta^step
    float eps, decay;
};

// most may be null (no AMSGrad).
extern "C" __global__ void adam(float* p, const float* grad, float* m, float* v, float* most, int n, Adam o,
        int decoupled) {
    GRID_STRIDE(i, n) {
        const float value = decoupled ? p[i] * (1.0f - o.lr * o.decay) : p[i];
        const float g = decoupled ? grad[i] : grad[i] + o.decay * value;
        const float mean = o.beta1 * m[i] + o.keep1 * g;
        float square = o.beta2 * v[i] + o.keep2 * g * g;
        m[i] = mean;
        v[i] = square;
        if (most != 0) {
            square = fmaxf(square, most[i]);
            most[i] = square;
        }
        p[i] = value - o.lr * (mean / o.correct1) / (sqrtf(square / o.correct2) + o.eps);
    }
}

// velocity and average may be null (no momentum, not centred).
extern "C" __global__ void rmsprop(float* p, const float* grad, float* square, float* velocity, float* average, int n,
        float lr, float alpha, float keep, float eps, float decay, float momentum) {
    GRID_STRIDE(i, n) {
        const float g = grad[i] + decay * p[i];
        float variance = alpha * square[i] + keep * g * g;
        square[i] = variance;
        if (average != 0) {
            const float mean = alpha * average[i] + keep * g;
            average[i] = mean;
            variance -= mean * mean;
        }
        float direction = g / (sqrtf(variance) + eps);
        if (velocity != 0) {
            direction = momentum * velocity[i] + direction;
            velocity[i] = direction;
        }
        p[i] = p[i] - lr * direction;
    }
}

extern "C" __global__ void adagrad(float* p, const float* grad, float* sum, int n, float rate, float decay,
        float eps) {
    GRID_STRIDE(i, n) {
        const float g = grad[i] + decay * p[i], total = sum[i] + g * g;
        sum[i] = total;
        p[i] = p[i] - rate * g / (sqrtf(total) + eps);
    }
}

extern "C" __global__ void adadelta(float* p, const float* grad, float* square, float* deltas, int n, float lr,
        float rho, float keep, float eps, float decay) {
    GRID_STRIDE(i, n) {
        const float g = grad[i] + decay * p[i], s = rho * square[i] + keep * g * g;
        const float delta = sqrtf(deltas[i] + eps) / sqrtf(s + eps) * g;
        square[i] = s;
        deltas[i] = rho * deltas[i] + keep * delta * delta;
        p[i] = p[i] - lr * delta;
    }
}
