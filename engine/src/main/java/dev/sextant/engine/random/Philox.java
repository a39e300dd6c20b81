package dev.sextant.engine.random;

/// The Philox4x32-10 generator (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011): four 32-bit
/// numbers from a 128-bit counter and a 64-bit key, without state. Here the key is the seed and the counter is
/// (index / 4, stream), so any element of any sequence can be computed by any thread on any device.
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {
    }

    /// Fills `out[0..3]` with elements `4·block … 4·block+3` of a sequence.
    public static void block(long seed, long stream, long block, int[] out) {
        int c0 = (int) block;
        int c1 = (int) (block >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /// Element `index` of a sequence, 32 random bits.
    public static int bits(long seed, long stream, long index) {
        int[] four = new int[4];
        block(seed, stream, index >>> 2, four);
        return four[(int) (index & 3)];
    }

    /// 32 random bits as a float in `[0, 1)`, a multiple of 2⁻²⁴.
    public static float toUnit(int bits) {
        return (bits >>> 8) * 0x1p-24f;
    }

    /// Element `index` of a sequence as a float in `[0, 1)`.
    public static float uniform(long seed, long stream, long index) {
        return toUnit(bits(seed, stream, index));
    }

    /// `count` numbers uniform in `[low, high)`.
    public static float[] uniform(long seed, long stream, int count, double low, double high) {
        float[] out = new float[count];
        int[] four = new int[4];
        for (int i = 0; i < count; i++) {
            if ((i & 3) == 0) {
                block(seed, stream, i >> 2, four);
            }
            out[i] = (float) (low + (high - low) * toUnit(four[i & 3]));
        }
        return out;
    }

    /// `count` normal numbers (Box–Muller, two per pair of uniform ones).
    public static float[] normal(long seed, long stream, int count, double mean, double deviation) {
        float[] out = new float[count];
        int[] four = new int[4];
        for (int i = 0; i < count; i += 2) {
            if ((i & 3) == 0) {
                block(seed, stream, i >> 2, four);
            }
            double u = 1.0 - toUnit(four[i & 3]); // in (0, 1], so the logarithm is finite
            double v = toUnit(four[(i & 3) + 1]);
            double radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(u));
            out[i] = (float) (mean + radius * StrictMath.cos(2 * StrictMath.PI * v));
            if (i + 1 < count) {
                out[i + 1] = (float) (mean + radius * StrictMath.sin(2 * StrictMath.PI * v));
            }
        }
        return out;
    }

    /// A random order of `0 … count−1` (Fisher–Yates), a pure function of (seed, stream).
    public static int[] permutation(long seed, long stream, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        int[] four = new int[4];
        for (int i = count - 1; i > 0; i--) {
            int draw = count - 1 - i;
            if ((draw & 3) == 0) {
                block(seed, stream, draw >> 2, four);
            }
            int j = (int) (((four[draw & 3] & 0xFFFFFFFFL) * (i + 1)) >>> 32);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
