package dev.sextant.engine.cpu.simd;

/// The first moments of a process: until the compiler has seen a loop often enough, every operation on a vector is an
/// interpreted call that takes as long as hundreds of numbers do. A budget of work is therefore done by plain loops, whose
/// results have the same bits: enough for a few answers of a small network, hardly noticed by a large one.
final class Cold {
    /// Elements or multiply-adds. Threads may spend some of it twice.
    static int budget = 1 << 22;

    private Cold() {
    }

    /// Whether so much work is to be done by plain loops.
    static boolean spend(int work) {
        int left = budget;
        if (left <= 0) {
            return false;
        }
        budget = left - work;
        return true;
    }
}
