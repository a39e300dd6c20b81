package dev.sextant.bench;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Weights, images and labels from a formula, so that processes which share no memory compute the same network on the
/// same data: value `i` of the tensor called `name` is a hash of both, mapped to `[-1, 1)`.
public final class Formula {
    private Formula() {
    }

    /// Values in `[-scale, scale)`.
    public static float[] uniform(String name, int count, double scale) {
        long seed = seed(name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (unit(seed, i) * scale);
        }
        return values;
    }

    /// A parameter by name, sized to keep activations near 1 and their variety alive through deep networks: weights
    /// uniform with variance `2/fanIn` (He et al., 2015), biases within ±0.1, batch norm's scale within 1 ± 0.1.
    ///
    /// @param dims the parameter's shape
    public static float[] parameter(String name, int... dims) {
        int count = 1;
        for (int d : dims) {
            count *= d;
        }
        if (dims.length > 1) {
            return uniform(name, count, Math.sqrt(6.0 * dims[0] / count));
        }
        float[] values = uniform(name, count, 0.1);
        if (name.endsWith("weight")) {
            for (int i = 0; i < count; i++) {
                values[i] += 1;
            }
        }
        return values;
    }

    /// Images `[batch, 1, size, size]` with pixels in `[0, 1)`.
    public static float[] images(int batch, int size) {
        float[] values = uniform("images", batch * size * size, 0.5);
        for (int i = 0; i < values.length; i++) {
            values[i] += 0.5f;
        }
        return values;
    }

    /// Class indices below `classes`.
    public static int[] labels(int batch, int classes) {
        int[] labels = new int[batch];
        long seed = seed("labels");
        for (int i = 0; i < batch; i++) {
            labels[i] = (int) ((unit(seed, i) + 1) / 2 * classes);
        }
        return labels;
    }

    private static long seed(String name) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue() << 32;
    }

    /// SplitMix64 (Steele, Lea, Flood, 2014), its upper 24 bits as a float in `[-1, 1)`.
    private static double unit(long seed, int i) {
        long z = (seed + i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return ((z ^ z >>> 31) >>> 40) / (double) (1 << 23) - 1;
    }
}
