package dev.sextant.bench.gpu;

/// Runs something until it takes no less time than before: code that the JVM has not compiled yet makes a small step take
/// twenty times as long as later.
final class WarmUp {
    private static final int BLOCK = 10;
    private static final double LEAST_SECONDS = 1;
    private static final double MOST_SECONDS = 8;
    /// A block this much faster than the one before is still on its way.
    private static final double FASTER = 0.95;

    private WarmUp() {
    }

    /// Two blocks of ten at least, which take a second at least; then as many as make it faster, for eight seconds at most.
    ///
    /// @return how often it ran
    static int run(Runnable step) {
        int steps = 0;
        double sum = 0;
        double before = Double.POSITIVE_INFINITY;
        while (true) {
            long start = System.nanoTime();
            for (int i = 0; i < BLOCK; i++) {
                step.run();
            }
            steps += BLOCK;
            double seconds = (System.nanoTime() - start) / 1e9;
            sum += seconds;
            boolean steady = seconds > FASTER * before && sum >= LEAST_SECONDS;
            if (steady || sum >= MOST_SECONDS) {
                return steps;
            }
            before = seconds;
        }
    }
}
