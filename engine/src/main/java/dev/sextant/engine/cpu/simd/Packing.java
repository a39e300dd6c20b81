package dev.sextant.engine.cpu.simd;

/// Copies pieces of matrices into panels.
final class Packing {
    private static final int LANES = VectorSupport.LANES;
    /// Numbers from which on vectors are worth it.
    private static final int FEW = LANES / 2;

    private Packing() {
    }

    /// Writes `count` lines of a matrix across a panel: `to[at + k·width + i] = from[base + i·across + k·along]`,
    /// lines beyond `count` being zero.
    static void pack(float[] from, int base, int across, int along, int count, int depth, float[] to, int at,
            int width) {
        if (across == 1) {
            for (int k = 0; k < depth; k++) {
                System.arraycopy(from, base + k * along, to, at + k * width, count);
            }
        } else if (along == 1) {
            turn(from, base, across, count, depth, to, at, width);
        } else {
            for (int k = 0; k < depth; k++) {
                for (int i = 0; i < count; i++) {
                    to[at + k * width + i] = from[base + i * across + k * along];
                }
            }
        }
        zero(count, depth, to, at, width);
    }

    /// Lines that lie along the depth: in registers, or four at a time, so that the writes stay close together.
    private static void turn(float[] from, int base, int across, int count, int depth, float[] to, int at,
            int width) {
        int i = 0;
        if (count >= FEW && depth >= FEW && VectorSupport.ON && !Cold.spend(count * depth)) {
            for (; count - i >= FEW; i += LANES) {
                Turning.turn(Math.min(LANES, count - i), depth, from, base + i * across, across, to, at + i, width,
                        false);
            }
            i = Math.min(i, count);
        }
        for (; i + 4 <= count; i += 4) {
            int f = base + i * across;
            int t = at + i;
            for (int k = 0; k < depth; k++) {
                float v0 = from[f + k];
                float v1 = from[f + across + k];
                float v2 = from[f + 2 * across + k];
                float v3 = from[f + 3 * across + k];
                to[t] = v0;
                to[t + 1] = v1;
                to[t + 2] = v2;
                to[t + 3] = v3;
                t += width;
            }
        }
        for (; i < count; i++) {
            int f = base + i * across;
            for (int k = 0; k < depth; k++) {
                to[at + i + k * width] = from[f + k];
            }
        }
    }

    static void zero(int count, int depth, float[] to, int at, int width) {
        if (count == width) {
            return;
        }
        for (int k = 0; k < depth; k++) {
            for (int i = count; i < width; i++) {
                to[at + k * width + i] = 0;
            }
        }
    }
}
