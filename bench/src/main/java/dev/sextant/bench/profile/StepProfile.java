package dev.sextant.bench.profile;

import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.trace.OpEvent;
import dev.sextant.engine.trace.Trace;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where the time of one step goes: every kernel call by name and by shape.
///
/// Steps are first timed as they are, then again with a listener installed. Every figure is a median, so that a
/// disturbed step does not count: per kernel, algorithm and shapes the median over the steps.
public final class StepProfile {
    private final List<Line> shapes;
    private final double[] plain;
    private final double[] traced;

    /// One row: what a step spends on it.
    private record Line(String kernel, String detail, double calls, double millis, double flops, double bytes) {
        Line plus(Line o) {
            return new Line(kernel, "", calls + o.calls, millis + o.millis, flops + o.flops, bytes + o.bytes);
        }
    }

    private StepProfile(double[] plain, double[] traced, List<List<OpEvent>> steps) {
        this.plain = plain;
        this.traced = traced;
        Map<String, List<OpEvent>> groups = new LinkedHashMap<>();
        steps.forEach(step -> step.forEach(e -> groups.computeIfAbsent(
                String.format(Locale.ROOT, "%-26s %-14s %s", kernel(e), e.algorithm(), e.shapes()),
                k -> new ArrayList<>()).add(e)));
        shapes = groups.entrySet().stream().map(g -> line(g.getKey(), g.getValue(), steps.size())).toList();
    }

    private static Line line(String detail, List<OpEvent> events, int steps) {
        double calls = (double) events.size() / steps;
        Work work = Work.of(events.getFirst());
        double millis = median(events.stream().mapToDouble(e -> e.nanos() / 1e6).toArray()) * calls;
        return new Line(kernel(events.getFirst()), detail, calls, millis, work.flops() * calls, work.bytes() * calls);
    }

    private static String kernel(OpEvent e) {
        return switch (e.spec()) {
            case UnarySpec s -> e.kernel() + " " + s.opName();
            case BinarySpec s -> e.kernel() + " " + s.opName();
            case null, default -> e.kernel();
        };
    }

    /// Warms up, then measures.
    ///
    /// @param step    a training step, or an inference
    /// @param seconds how long to measure; half of it with the listener
    public static StepProfile of(Runnable step, double warmUpSeconds, double seconds) {
        time(step, warmUpSeconds, 3, () -> {
        });
        double[] plain = time(step, seconds / 2, 3, () -> {
        });
        List<List<OpEvent>> steps = new ArrayList<>();
        List<OpEvent> current = new ArrayList<>();
        double[] traced;
        try (var _ = Trace.listen(current::add)) {
            step.run();
            current.clear();
            traced = time(step, seconds / 2, 3, () -> {
                steps.add(List.copyOf(current));
                current.clear();
            });
        }
        return new StepProfile(plain, traced, steps);
    }

    private static double[] time(Runnable step, double seconds, int atLeast, Runnable afterStep) {
        double[] millis = new double[16];
        int n = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (n < atLeast || System.nanoTime() < end) {
            long start = System.nanoTime();
            step.run();
            if (n == millis.length) {
                millis = Arrays.copyOf(millis, 2 * n);
            }
            millis[n++] = (System.nanoTime() - start) / 1e6;
            afterStep.run();
        }
        return Arrays.copyOf(millis, n);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// Prints both tables.
    ///
    /// @param batch images per step
    /// @param rows  how many shapes to list, most expensive first
    public void print(PrintStream out, String title, int batch, int rows) {
        Map<String, Line> kernels = new LinkedHashMap<>();
        shapes.forEach(l -> kernels.merge(l.kernel, new Line(l.kernel, "", 0, 0, 0, 0).plus(l), Line::plus));
        Line all = kernels.values().stream().reduce(new Line("", "", 0, 0, 0, 0), Line::plus);
        double step = median(plain);
        out.printf(Locale.ROOT, "%s: %.2f ms a step (median of %d; best %.2f), %.0f images/s, %.1f GFLOP/s%n", title,
                step, plain.length, Arrays.stream(plain).min().orElse(0), batch / step * 1e3, all.flops / step / 1e6);
        out.printf(Locale.ROOT, "traced: %.2f ms a step (median of %d), of which %.2f ms in %.0f kernel calls%n%n",
                median(traced), traced.length, all.millis, all.calls);
        out.printf("%9s %6s %6s %8s %7s  %s%n", "ms/step", "share", "calls", "GFLOP/s", "GB/s", "kernel");
        table(out, List.copyOf(kernels.values()), all.millis, Integer.MAX_VALUE);
        out.printf("%n%9s %6s %6s %8s %7s  %s%n", "ms/step", "share", "calls", "GFLOP/s", "GB/s",
                "kernel, algorithm and shapes (→ set, + added to)");
        table(out, shapes, all.millis, rows);
    }

    private static void table(PrintStream out, List<Line> lines, double total, int rows) {
        lines.stream().sorted(Comparator.comparingDouble(Line::millis).reversed()).limit(rows)
                .forEach(l -> out.printf(Locale.ROOT, "%9.3f %5.1f%% %6.1f %8s %7.1f  %s%n", l.millis,
                        100 * l.millis / total,
                        l.calls, l.flops == 0 ? "" : String.format(Locale.ROOT, "%.1f", l.flops / l.millis / 1e6),
                        l.bytes / l.millis / 1e6, l.detail.isEmpty() ? l.kernel : l.detail));
    }
}
