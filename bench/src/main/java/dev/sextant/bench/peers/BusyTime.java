package dev.sextant.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/// Processor time from the kernel's counters, to see whether a measurement had the machine to itself.
final class BusyTime {
    /// Counters in `/proc/stat` tick a hundred times a second on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STOLEN = 7;

    private BusyTime() {
    }

    /// Seconds that all processors together have been busy since boot, time stolen by other virtual machines included;
    /// NaN where the system does not say.
    static double machine() {
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            double[] t = Arrays.stream(lines.findFirst().orElse("").strip().split(" +")).skip(1)
                    .mapToDouble(Double::parseDouble).toArray();
            double busy = 0;
            // What follows stolen time is guests' time, which user time contains already.
            for (int i = 0; i <= STOLEN; i++) {
                busy += i == IDLE || i == IO_WAIT ? 0 : t[i];
            }
            return busy / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /// Processor seconds that a process has used.
    static double of(Process process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
    }
}
