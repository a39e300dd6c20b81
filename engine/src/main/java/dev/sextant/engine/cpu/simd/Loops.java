package dev.sextant.engine.cpu.simd;

/// Element-wise loops over contiguous runs: `n` elements from `x[xo]` (and `z[zo]`) to `y[yo]`. Each is a vector body
/// ([VectorLoops], where there are vectors) and a scalar tail with the same operations. Source and destination may be
/// the same run. `…Add` adds to `y`.
final class Loops {
    private Loops() {
    }

    /// Whether there is a whole vector. A call without one never reaches the loop, and the compiler does not inline what is
    /// called there (`e^x`, say) into a method most of whose calls never get there: its vectors would be objects for good.
    private static boolean fits(int n) {
        return VectorSupport.ON && n >= VectorSupport.LANES;
    }

    /// For the loops that a first answer needs.
    private static boolean vectors(int n) {
        return fits(n) && !Cold.spend(n);
    }

    private static float reluOf(float v) {
        return v <= 0 ? 0 : v;
    }

    /// `y = max(x, 0)`; NaN stays.
    static void relu(float[] x, int xo, float[] y, int yo, int n) {
        int i = vectors(n) ? VectorLoops.relu(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] <= 0 ? 0 : x[xo + i];
        }
    }

    /// `y = 1/(1 + e^-x)`.
    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int i = vectors(n) ? VectorLoops.sigmoid(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = ScalarMath.sigmoid(x[xo + i]);
        }
    }

    /// `y = tanh x`.
    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int i = vectors(n) ? VectorLoops.tanh(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = ScalarMath.tanh(x[xo + i]);
        }
    }

    /// `y = a·tanh(b·x)`.
    static void scaledTanh(float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.scaledTanh(a, b, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = a * ScalarMath.tanh(b * x[xo + i]);
        }
    }

    /// `y = e^x`.
    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.exp(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = ScalarMath.exp(x[xo + i]);
        }
    }

    /// `y = x²`.
    static void square(float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.square(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] * x[xo + i];
        }
    }

    /// `y = √x`.
    static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.sqrt(x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
    }

    /// `y = a·x`.
    static void scale(float a, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.scale(a, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] * a;
        }
    }

    /// `y += a·x`.
    static void scaleAdd(float a, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.scaleAdd(a, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] * a;
        }
    }

    /// `y = a·x + b`.
    static void affine(float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int i = vectors(n) ? VectorLoops.affine(a, b, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i], a, b);
        }
    }

    /// `y = min(max(x, low), high)`; NaN stays.
    static void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.clamp(low, high, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] < low ? low : x[xo + i] > high ? high : x[xo + i];
        }
    }

    /// `y = x + z`.
    static void add(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = vectors(n) ? VectorLoops.add(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] + z[zo + i];
        }
    }

    /// `y += x + z`.
    static void addAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.addAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] + z[zo + i];
        }
    }

    /// `y = x − z`.
    static void sub(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.sub(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] - z[zo + i];
        }
    }

    /// `y += x − z`.
    static void subAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.subAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] - z[zo + i];
        }
    }

    /// `y = x·z`.
    static void mul(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.mul(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] * z[zo + i];
        }
    }

    /// `y += x·z`.
    static void mulAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.mulAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] * z[zo + i];
        }
    }

    /// `y = x/z`.
    static void div(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.div(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] / z[zo + i];
        }
    }

    /// `y += x/z`.
    static void divAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.divAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] / z[zo + i];
        }
    }

    /// `y = z` where `x > 0`, else 0.
    static void reluBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.reluBackward(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] <= 0 ? 0 : z[zo + i];
        }
    }

    /// `y += z` where `x > 0`, else 0.
    static void reluBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.reluBackwardAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += x[xo + i] <= 0 ? 0 : z[zo + i];
        }
    }

    /// `y = z·x·(1 − x)`.
    static void sigmoidBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.sigmoidBackward(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = z[zo + i] * x[xo + i] * (1 - x[xo + i]);
        }
    }

    /// `y += z·x·(1 − x)`.
    static void sigmoidBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.sigmoidBackwardAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += z[zo + i] * x[xo + i] * (1 - x[xo + i]);
        }
    }

    /// `y = z·(1 − x²)`.
    static void tanhBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.tanhBackward(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = z[zo + i] * Math.fma(-x[xo + i], x[xo + i], 1f);
        }
    }

    /// `y += z·(1 − x²)`.
    static void tanhBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.tanhBackwardAdd(x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += z[zo + i] * Math.fma(-x[xo + i], x[xo + i], 1f);
        }
    }

    /// `y = z·b·(a − x²/a)`.
    static void scaledTanhBackward(float a, float b, float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.scaledTanhBackward(a, b, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = z[zo + i] * Math.fma(x[xo + i] * -b, x[xo + i] * (1 / a), a * b);
        }
    }

    /// `y += z·b·(a − x²/a)`.
    static void scaledTanhBackwardAdd(float a, float b, float[] x, int xo, float[] z, int zo, float[] y, int yo,
            int n) {
        int i = fits(n) ? VectorLoops.scaledTanhBackwardAdd(a, b, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += z[zo + i] * Math.fma(x[xo + i] * -b, x[xo + i] * (1 / a), a * b);
        }
    }

    /// `y = a·(x − m) + b`.
    static void normalize(float m, float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.normalize(m, a, b, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i] - m, a, b);
        }
    }

    /// `y = max(a·(x − m) + b, 0)`.
    static void normalizeRelu(float m, float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.normalizeRelu(m, a, b, x, xo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = reluOf(Math.fma(x[xo + i] - m, a, b));
        }
    }

    /// `y = a·(x − m) + b·z + c`.
    static void centredCombine(float m, float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y,
            int yo, int n) {
        int i = fits(n) ? VectorLoops.centredCombine(m, a, b, c, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i] - m, a, Math.fma(z[zo + i], b, c));
        }
    }

    /// `y += a·(x − m) + b·z + c`.
    static void centredCombineAdd(float m, float a, float b, float c, float[] x, int xo, float[] z, int zo,
            float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.centredCombineAdd(m, a, b, c, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += Math.fma(x[xo + i] - m, a, Math.fma(z[zo + i], b, c));
        }
    }

    /// `y = a·x + b·z + c`.
    static void combine(float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int i = fits(n) ? VectorLoops.combine(a, b, c, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] = Math.fma(x[xo + i], a, Math.fma(z[zo + i], b, c));
        }
    }

    /// `y += a·x + b·z + c`.
    static void combineAdd(float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y, int yo,
            int n) {
        int i = fits(n) ? VectorLoops.combineAdd(a, b, c, x, xo, z, zo, y, yo, n) : 0;
        for (; i < n; i++) {
            y[yo + i] += Math.fma(x[xo + i], a, Math.fma(z[zo + i], b, c));
        }
    }

    /// `y = y + value`.
    static void addScalar(float value, float[] y, int yo, int n) {
        affine(1f, value, y, yo, y, yo, n);
    }

    /// `y (+)= x`.
    static void copy(float[] x, int xo, float[] y, int yo, int n, boolean adds) {
        if (adds) {
            add(x, xo, y, yo, y, yo, n);
        } else {
            System.arraycopy(x, xo, y, yo, n);
        }
    }
}
