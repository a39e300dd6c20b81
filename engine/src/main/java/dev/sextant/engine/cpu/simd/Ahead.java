package dev.sextant.engine.cpu.simd;

/// Reads numbers for no other reason than to have them near. A tile asks for its weights little by little: too few
/// requests are under way at a time to hide where they come from. A loop that does nothing else has as many
/// as the processor can hold.
final class Ahead {
    /// Elements of a cache line.
    private static final int LINE = 16;

    private Ahead() {
    }

    /// Reads every cache line of `count` elements, which is a multiple of four lines or loses the rest.
    static void read(float[] x, int from, int count) {
        float[] seen = Scratch.ofThread().floats(Scratch.SPILL, LINE);
        // Kept, so that the compiler cannot leave it out.
        seen[0] = sum(x, from, from + count);
    }

    private static float sum(float[] x, int from, int end) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = from; i <= end - 4 * LINE; i += 4 * LINE) {
            a += x[i];
            b += x[i + LINE];
            c += x[i + 2 * LINE];
            d += x[i + 3 * LINE];
        }
        return a + b + (c + d);
    }
}
