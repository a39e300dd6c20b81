package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.NDArray;

/// Comparison with the oracle.
public final class Compare {
    private Compare() {
    }

    /// Every element within `1e-5·√terms` of the expected one, relative to the largest expected magnitude.
    public static void close(NDArray expected, NDArray actual, long terms, String what) {
        assertArrayEquals(expected.shape().dims(), actual.shape().dims(), what);
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        float scale = 1e-30f;
        for (float v : e) {
            scale = Math.max(scale, Math.abs(v));
        }
        double limit = 1e-5 * Math.sqrt(Math.max(1, terms)) * scale;
        for (int i = 0; i < e.length; i++) {
            double difference = Math.abs((double) e[i] - a[i]);
            int at = i;
            assertTrue(difference <= limit, () -> "%s: element %d is %g, expected %g within %g".formatted(what, at,
                    a[at], e[at], limit));
        }
    }

    /// Every element of a product in TF32 within `2⁻¹⁰·Σ|a·b|` of the expected one, and float32's own rounding: two
    /// operands rounded to 11 significant bits are off by 2⁻¹¹ each.
    ///
    /// @param magnitude Σ|a·b| for every element, from the oracle
    public static void closeInTf32(NDArray expected, NDArray magnitude, NDArray actual, String what) {
        float[] e = expected.toFloats();
        float[] m = magnitude.toFloats();
        float[] a = actual.toFloats();
        for (int i = 0; i < e.length; i++) {
            double limit = (0x1p-10 + 0x1p-19) * m[i] + 1e-6 * Math.abs(e[i]);
            double difference = Math.abs((double) e[i] - a[i]);
            int at = i;
            assertTrue(difference <= limit, () -> "%s: element %d is %g, expected %g within %g".formatted(what, at,
                    a[at], e[at], limit));
        }
    }

    /// The absolute values of [#values].
    public static float[] magnitudes(long seed, long count) {
        float[] v = values(seed, count);
        for (int i = 0; i < v.length; i++) {
            v[i] = Math.abs(v[i]);
        }
        return v;
    }

    /// Seeded values in (−1, 1), without zeros.
    public static float[] values(long seed, long count) {
        float[] v = new float[Math.toIntExact(count)];
        var random = new java.util.SplittableRandom(seed);
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (random.nextDouble(0.1, 1) * (random.nextBoolean() ? 1 : -1));
        }
        return v;
    }
}
