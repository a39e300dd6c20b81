package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.ResizeSpec;

/// Where the positions of a resized axis lie in the original: `(1 − share)·x[low] + share·x[high]`.
record Resampling(int[] low, int[] high, float[] share) {

    static Resampling of(ResizeSpec spec, int in, int out) {
        var r = new Resampling(new int[out], new int[out], new float[out]);
        for (int i = 0; i < out; i++) {
            if (!spec.bilinear()) {
                r.low[i] = (int) ((long) i * in / out);
                r.high[i] = r.low[i];
                continue;
            }
            double at = Math.max(0, (i + 0.5) * in / out - 0.5);
            if (spec.alignCorners()) {
                at = out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
            }
            r.low[i] = Math.min((int) at, in - 1);
            r.high[i] = Math.min(r.low[i] + 1, in - 1);
            r.share[i] = (float) (at - r.low[i]);
        }
        return r;
    }

    static void plane(Resampling rows, Resampling columns, float[] x, int xo, int width, float[] y, int yo) {
        for (int p = 0; p < rows.low.length; p++) {
            int top = xo + rows.low[p] * width;
            int bottom = xo + rows.high[p] * width;
            float down = rows.share[p];
            for (int q = 0; q < columns.low.length; q++) {
                int left = columns.low[q];
                int right = columns.high[q];
                float across = columns.share[q];
                float upper = (1 - across) * x[top + left] + across * x[top + right];
                float lower = (1 - across) * x[bottom + left] + across * x[bottom + right];
                y[yo++] = (1 - down) * upper + down * lower;
            }
        }
    }

    static void planeBackward(Resampling rows, Resampling columns, float[] dy, int dyo, float[] dx, int dxo,
            int width) {
        for (int p = 0; p < rows.low.length; p++) {
            int top = dxo + rows.low[p] * width;
            int bottom = dxo + rows.high[p] * width;
            float down = rows.share[p];
            for (int q = 0; q < columns.low.length; q++) {
                float g = dy[dyo++];
                float across = columns.share[q];
                dx[top + columns.low[q]] += (1 - down) * (1 - across) * g;
                dx[top + columns.high[q]] += (1 - down) * across * g;
                dx[bottom + columns.low[q]] += down * (1 - across) * g;
                dx[bottom + columns.high[q]] += down * across * g;
            }
        }
    }
}
