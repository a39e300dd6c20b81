package dev.sextant.engine.cpu.simd;

/// Working memory of one thread: arrays that grow to the largest need and stay, so that kernels allocate nothing in
/// steady state. A slot is used by one routine at a time.
final class Scratch {
    static final int PACKED_A = 0;
    static final int PACKED_B = 1;
    static final int TILE = 2;
    static final int TILE_SUMS = 3;
    static final int PARTIALS = 4;
    static final int WORK = 5;
    static final int WORK_2 = 6;
    static final int LANES = 7;
    static final int SPILL = 8;
    static final int SQUARE = 9;
    private static final int SLOTS = 10;

    /// The first element of an [#aligned] array.
    static final int LEAD = 12;
    private static final int LARGE = 1 << 20;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final float[][] floats = new float[SLOTS][0];
    private final int[][] ints = new int[SLOTS][0];
    private double[] doubles = {};

    private Scratch() {
    }

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /// At least `size` floats, contents undefined.
    float[] floats(int slot, int size) {
        if (floats[slot].length < size) {
            floats[slot] = new float[Math.max(size, size + size / 4)];
        }
        return floats[slot];
    }

    /// At least `size` doubles, contents undefined; there is one slot.
    double[] doubles(int size) {
        if (doubles.length < size) {
            doubles = new double[size + size / 4];
        }
        return doubles;
    }

    /// At least `size` floats from element [#LEAD] on, which lies on a 64-byte boundary, so that vectors do not straddle
    /// cache lines (see [dev.sextant.engine.cpu.HeapPool]).
    float[] aligned(int slot, int size) {
        return floats(slot, Math.max(LEAD + size, LARGE));
    }

    /// At least `size` ints, contents undefined.
    int[] ints(int slot, int size) {
        if (ints[slot].length < size) {
            ints[slot] = new int[size + size / 4];
        }
        return ints[slot];
    }
}
