package dev.sextant.engine.cpu.simd;

/// Room for what is computed once and read often, such as packed weights in inference: cut from large arrays, in which
/// vectors do not straddle cache lines (see [dev.sextant.engine.cpu.HeapPool]). An array goes when all that lies in it
/// has gone.
///
/// @param base first element
record KeptFloats(float[] data, int base) {
    private static final int SLAB = 1 << 20;
    private static float[] slab = {};
    private static int used;

    static synchronized KeptFloats of(int size) {
        int room = Math.ceilDiv(size, BlockedView.LANES) * BlockedView.LANES;
        if (room > SLAB / 2) {
            return new KeptFloats(new float[Scratch.LEAD + Math.max(room, SLAB)], Scratch.LEAD);
        }
        if (used + room > slab.length) {
            slab = new float[Scratch.LEAD + SLAB];
            used = Scratch.LEAD;
        }
        var kept = new KeptFloats(slab, used);
        used += room;
        return kept;
    }
}
