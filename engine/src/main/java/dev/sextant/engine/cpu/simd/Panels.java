package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;
import java.util.Arrays;

/// The weights of a convolution with a blocked result as its tiles read them: panels of a few result blocks each, in
/// a panel `[depth][lane of the panel's blocks]`, zero beyond the last result channel. The depth runs over source
/// channels and taps.
final class Panels {
    private static final int LANES = BlockedView.LANES;
    /// Depths that are packed at a time, so that what is written stays in the first-level cache.
    private static final int DEPTHS = 128;

    /// Where the weights lie: distances between result channels, source channels, and the taps.
    record Weights(Strides w, int resultStep, int sourceStep, int[] tap) {
    }

    final int depth;
    final float[] data;
    /// First result block of every panel, and behind the last.
    final int[] first;

    /// Packs.
    ///
    /// @param blocks        result blocks of every panel
    /// @param tapsOutermost whether the depth is ordered (tap, source channel) and not (source channel, tap)
    Panels(Workers workers, Weights w, int results, int sources, int[] blocks, boolean tapsOutermost) {
        int taps = w.tap.length;
        depth = sources * taps;
        first = new int[blocks.length + 1];
        for (int i = 0; i < blocks.length; i++) {
            first[i + 1] = first[i] + blocks[i];
        }
        data = Scratch.ofThread().aligned(Scratch.PACKED_A, depth * first[blocks.length] * LANES);
        int[] from = new int[depth];
        int[] line = new int[depth];
        for (int c = 0, k = 0; c < sources; c++) {
            for (int t = 0; t < taps; t++, k++) {
                from[k] = c * w.sourceStep + w.tap[t];
                line[k] = tapsOutermost ? t * sources + c : k;
            }
        }
        workers.run(blocks.length * Math.ceilDiv(depth, DEPTHS), chunk -> {
            int panel = chunk % blocks.length;
            int begin = chunk / blocks.length * DEPTHS;
            int end = Math.min(depth, begin + DEPTHS);
            int width = blocks[panel] * LANES;
            int count = Math.min(width, results - first[panel] * LANES);
            int base = w.w.base() + first[panel] * LANES * w.resultStep;
            int i = 0;
            for (; i + 4 <= count; i += 4) {
                four(w.w.data(), base + i * w.resultStep, w.resultStep, from, line, begin, end, place(panel) + i,
                        width);
            }
            for (int k = begin; k < end; k++) {
                int to = place(panel) + line[k] * width;
                for (int rest = i; rest < count; rest++) {
                    data[to + rest] = w.w.data()[base + rest * w.resultStep + from[k]];
                }
                Arrays.fill(data, to + count, to + width, 0);
            }
        });
    }

    /// Four result channels at a time, so that what is written lies close together.
    private void four(float[] w, int base, int step, int[] from, int[] line, int begin, int end, int to, int width) {
        for (int k = begin; k < end; k++) {
            int f = base + from[k];
            int t = to + line[k] * width;
            float v0 = w[f];
            float v1 = w[f + step];
            float v2 = w[f + 2 * step];
            float v3 = w[f + 3 * step];
            data[t] = v0;
            data[t + 1] = v1;
            data[t + 2] = v2;
            data[t + 3] = v3;
        }
    }

    int count() {
        return first.length - 1;
    }

    int blocks(int panel) {
        return first[panel + 1] - first[panel];
    }

    /// Where a panel begins.
    int place(int panel) {
        return Scratch.LEAD + first[panel] * LANES * depth;
    }
}
