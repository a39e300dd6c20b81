package dev.sextant.bench.peak;

import dev.sextant.cli.Machine;
import dev.sextant.engine.CpuSettings;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench peak`.
@Command(name = "peak", mixinStandardHelpOptions = true, description = "What this machine can do: multiply-adds from registers, and memory by the size moved.")
public final class PeakCommand implements Callable<Integer> {
    @Option(names = "--threads", description = "The most threads to measure; default: one per processor.")
    private int threads = CpuSettings.defaults().threads();

    @Override
    public Integer call() {
        System.out.printf("%s; %s%n%n%8s %10s %42s%n", Machine.facts().get("cpu"), Machine.facts().get("jdk"),
                "threads", "GFLOP/s", "GB/s copied at 256 KB, 4 MB, 256 MB in all");
        for (int t = 1; t <= threads; t++) {
            System.out.printf(Locale.ROOT, "%8d %10.1f %14.1f %13.1f %13.1f%n", t, Peak.gigaflops(t),
                    copy(t, 256 << 10), copy(t, 4 << 20), copy(t, 256 << 20));
        }
        return 0;
    }

    private static double copy(int threads, long bytes) {
        return Peak.gigabytes(threads, bytes / 2, bytes / 2);
    }
}
