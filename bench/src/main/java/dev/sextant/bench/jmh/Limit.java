package dev.sextant.bench.jmh;

import dev.sextant.bench.peak.Peak;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a benchmark reports beside calls per second: JMH divides these counters by time, so that an operation's
/// GFLOP become GFLOP/s, and its share of what the machine does in a second becomes percent of the limit.
public final class Limit {
    private Limit() {
    }

    /// For operations bound by arithmetic.
    @State(Scope.Thread)
    @AuxCounters
    public static class Flops {
        /// GFLOP/s, counted as the operation is defined, whatever the algorithm.
        public double gflop;
        /// Percent of the measured multiply-add peak; above 100 where an algorithm needs fewer operations.
        public double percentOfPeak;

        @Setup(Level.Iteration)
        public void clear() {
            gflop = 0;
            percentOfPeak = 0;
        }

        void count(Arithmetic arithmetic) {
            gflop += arithmetic.gflop;
            percentOfPeak += 100 * arithmetic.gflop / arithmetic.peak;
        }
    }

    /// What one call computes, and what the machine computes in a second.
    record Arithmetic(double gflop, double peak) {
        /// Measures the peak.
        static Arithmetic of(int threads, double flops) {
            return new Arithmetic(flops / 1e9, Peak.gigaflops(threads));
        }
    }

    /// For operations bound by memory.
    @State(Scope.Thread)
    @AuxCounters
    public static class Bytes {
        /// GB/s, every array counted once.
        public double gigabyte;
        /// Percent of a plain Java copy loop with the same reads, writes and threads.
        public double percentOfCopy;

        @Setup(Level.Iteration)
        public void clear() {
            gigabyte = 0;
            percentOfCopy = 0;
        }

        void count(Traffic traffic) {
            gigabyte += traffic.gigabytes;
            percentOfCopy += 100 * traffic.gigabytes / traffic.limit;
        }
    }

    /// What one call moves, and what a copy loop with the same mix moves in a second.
    record Traffic(double gigabytes, double limit) {
        /// Measures the copy loop.
        ///
        /// @param read    float32 values read
        /// @param written float32 values written
        static Traffic of(int threads, long read, long written) {
            return new Traffic(4e-9 * (read + written), Peak.gigabytes(threads, 4 * read, 4 * written));
        }
    }
}
