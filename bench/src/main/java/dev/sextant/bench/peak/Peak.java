package dev.sextant.bench.peak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The machine's measured limits, the denominators of every "percent of peak". The best of many short runs: a limit is
/// what is possible, so disturbances are left out.
public final class Peak {
    /// Runs without a better one before the best is believed: the loop must have been compiled, and have had the
    /// machine to itself at least once.
    private static final int RUNS = 50;
    private static final int MOST_RUNS = 300;
    private static final long RUN_NANOS = 20_000_000;
    private static final int STEPS = 20_000;

    /// Keeps results alive; never read otherwise.
    private static volatile float sink;

    private Peak() {
    }

    /// Repeats until told to stop, and counts.
    @FunctionalInterface
    private interface Pass {
        /// @param thread which of the threads asks
        /// @return something that depends on the work
        float run(int thread);
    }

    /// Billions of float32 operations per second from registers, a multiply-add counting two.
    public static double gigaflops(int threads) {
        double passes = passesPerSecond(threads, t -> FmaLoop.run(STEPS, 0.999f));
        return passes * STEPS * FmaLoop.flopsPerStep() / 1e9;
    }

    /// Gigabytes per second of a Java loop that reads and writes so many bytes, split over the threads.
    public static double gigabytes(int threads, long bytesRead, long bytesWritten) {
        int reads = Math.toIntExact(Math.max(1, bytesRead / 4));
        int writes = Math.toIntExact(Math.max(1, bytesWritten / 4));
        int both = Math.min(reads, writes);
        int[] in = new int[reads];
        int[] out = new int[writes];
        double passes = passesPerSecond(threads, t -> CopyLoop.copy(in, out, part(both, t, threads),
                part(both, t + 1, threads))
                + (reads > both ? CopyLoop.read(in, both + part(reads - both, t, threads),
                        both + part(reads - both, t + 1, threads)) : 0)
                + (writes > both ? CopyLoop.write(out, both + part(writes - both, t, threads),
                        both + part(writes - both, t + 1, threads), t) : 0));
        return passes / threads * (bytesRead + bytesWritten) / 1e9;
    }

    private static int part(int n, int t, int threads) {
        return (int) ((long) n * t / threads);
    }

    /// Passes of all threads together per second, the best of the runs; every thread works through its own passes
    /// without waiting for the others.
    private static double passesPerSecond(int threads, Pass pass) {
        double best = 0;
        int since = 0;
        for (int run = 0; run < MOST_RUNS && since < RUNS; run++) {
            double[] rates = new double[threads];
            var start = new CountDownLatch(threads);
            List<Thread> others = new ArrayList<>();
            for (int t = 1; t < threads; t++) {
                int thread = t;
                others.add(Thread.ofPlatform().daemon().start(() -> rates[thread] = rate(pass, thread, start)));
            }
            rates[0] = rate(pass, 0, start);
            double sum = 0;
            for (int t = 0; t < threads; t++) {
                if (t > 0) {
                    join(others.get(t - 1));
                }
                sum += rates[t];
            }
            since = sum > 1.01 * best ? 0 : since + 1;
            best = Math.max(best, sum);
        }
        return best;
    }

    private static double rate(Pass pass, int thread, CountDownLatch start) {
        start.countDown();
        try {
            start.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        float kept = 0;
        long passes = 0;
        long begin = System.nanoTime();
        long now;
        do {
            kept += pass.run(thread);
            passes++;
            now = System.nanoTime();
        } while (now - begin < RUN_NANOS);
        sink = kept;
        return passes / ((now - begin) / 1e9);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
