package dev.sextant.engine.cpu.simd;

/// Elementary functions as sequences of fused multiply-adds: the same operations in the same order as [VectorMath],
/// so that a loop's vector body and its tail (and a machine without vectors) give the same bits.
final class ScalarMath {
    static final float LOG2_E = 1.44269504088896341f;
    /// ln 2 in two parts, the first with few enough bits that its multiples are exact.
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /// Adding it to a small number rounds that to an integer, which then stands in the low bits.
    static final float ROUNDER = 12582912f;
    static final int ROUNDER_BITS = 0x4B400000;
    static final float EXP_HIGHEST = 89f;
    static final float EXP_LOWEST = -104f;
    // Minimax polynomial of (e^r - 1 - r)/r² on |r| <= ln 2 / 2 (Cephes, S. Moshier).
    static final float E0 = 1.9875691500e-4f;
    static final float E1 = 1.3981999507e-3f;
    static final float E2 = 8.3334519073e-3f;
    static final float E3 = 4.1665795894e-2f;
    static final float E4 = 1.6666665459e-1f;
    static final float E5 = 5.0000001201e-1f;
    // Minimax polynomial of (tanh z - z)/z³ in z² on |z| < 0.625 (Cephes).
    static final float T0 = -5.70498872745e-3f;
    static final float T1 = 2.06390887954e-2f;
    static final float T2 = -5.37397155531e-2f;
    static final float T3 = 1.33314422036e-1f;
    static final float T4 = -3.33332819422e-1f;
    static final float TANH_SMALL = 0.625f;

    private ScalarMath() {
    }

    /// `e^x`: `x = n·ln 2 + r`, a polynomial for `e^r`, and `2^n` multiplied on in two halves so that results near
    /// both ends of the range come out right.
    static float exp(float x) {
        float v = x > EXP_HIGHEST ? EXP_HIGHEST : x;
        v = v < EXP_LOWEST ? EXP_LOWEST : v;
        float rounded = Math.fma(v, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_HIGH, v);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E5);
        p = Math.fma(p, r * r, r) + 1;
        int exponent = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
        int half = exponent >> 1;
        return p * Float.intBitsToFloat((half << 23) + 0x3F800000)
                * Float.intBitsToFloat((exponent - half << 23) + 0x3F800000);
    }

    static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    static float tanh(float x) {
        float size = Math.abs(x);
        if (size < TANH_SMALL) {
            float z = x * x;
            float p = Math.fma(T0, z, T1);
            p = Math.fma(p, z, T2);
            p = Math.fma(p, z, T3);
            p = Math.fma(p, z, T4);
            return Math.fma(p * z, x, x);
        }
        float t = 1 - 2 / (exp(size + size) + 1);
        return Float.intBitsToFloat(Float.floatToRawIntBits(t) | Float.floatToRawIntBits(x) & 0x80000000);
    }
}
