package dev.sextant.cli.train;

import dev.sextant.engine.trace.OpEvent;
import dev.sextant.engine.trace.Trace;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Watches the operations of the first step: for the run card, which algorithm computed what; for `--explain`, every
/// operation with its shapes.
final class FirstStep implements TrainingListener, AutoCloseable {
    private final Consumer<String> explain;
    private final Consumer<Set<String>> algorithms;
    private final List<OpEvent> events = new ArrayList<>();
    private final Trace.Handle trace;
    private boolean over;

    /// @param explain    where to explain, or null
    /// @param algorithms hears after the first step what computed it: `conv2d: im2col`, …, each once
    FirstStep(Consumer<String> explain, Consumer<Set<String>> algorithms) {
        this.explain = explain;
        this.algorithms = algorithms;
        this.trace = Trace.listen(this::hear);
    }

    private synchronized void hear(OpEvent event) {
        if (!over) {
            events.add(event);
        }
    }

    @Override
    public synchronized void onStep(Progress p) {
        if (over) {
            return;
        }
        close();
        Set<String> seen = new TreeSet<>();
        events.forEach(e -> seen.add(e.kernel() + ": " + e.algorithm()));
        algorithms.accept(seen);
        if (explain != null) {
            explain.accept("the first step's operations (compiled cold, so the times are no measure of speed):");
            for (OpEvent e : events) {
                explain.accept(String.format(Locale.ROOT, "  %-22s %-16s %8.3f ms  %s  %s", e.kernel(), e.algorithm(),
                        e.nanos() / 1e6, e.shapes(), e.spec() == null ? "" : e.spec()));
            }
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        trace.close();
    }
}
