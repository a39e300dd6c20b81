package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import dev.sextant.engine.error.SextantException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One network, one batch size, several engines: outputs first, then the clock. The first engine is the one the others
/// are measured against. All processes live at once but only one computes: they take turns, every round in another
/// order, so that a machine that slows down slows them all. Rounds in which other programs were at work are repeated,
/// in the hope of calmer ones.
final class Duel {
    /// The greatest difference of losses, relative to how far the compared steps moved the loss: a wrong gradient would
    /// hide in a tolerance relative to the loss itself.
    private static final double LOSS_TOLERANCE = 1e-2;
    /// The greatest difference of logits, relative to the largest.
    private static final double LOGIT_TOLERANCE = 1e-3;
    /// Processors that other programs may use in a turn beside those that are to spare. Engines suffer unequally from
    /// them: where threads wait for each other by spinning, one that is put aside for a few milliseconds holds up all.
    private static final double CALM = 0.15;
    /// How many rounds to take at most, as a multiple of those that count.
    private static final int PATIENCE = 2;
    private static final int CHECK_BATCH = 8;
    private static final int CHECK_STEPS = 3;

    private final Mode mode;
    private final BookNet net;
    private final int batch;
    private final List<WorkerProcess> engines;
    private final double spare;
    private final Clock clock;
    private final PrintStream progress;
    private final Map<String, List<WorkerProcess.Turn>> turns = new LinkedHashMap<>();

    /// @param spare processors that no engine uses, so that others may
    Duel(Mode mode, BookNet net, int batch, List<WorkerProcess> engines, double spare, Clock clock,
            PrintStream progress) {
        this.mode = mode;
        this.net = net;
        this.batch = batch;
        this.engines = engines;
        this.spare = spare;
        this.clock = clock;
        this.progress = progress;
    }

    /// Compares, warms up, takes turns.
    void run(double warmUpSeconds, double seconds, int rounds) {
        compare();
        for (WorkerProcess engine : engines) {
            engine.prepare(mode, net, batch);
            warmUp(engine, warmUpSeconds);
            turns.put(engine.name(), new ArrayList<>());
        }
        List<Round> all = new ArrayList<>();
        while (all.size() < rounds * PATIENCE && calm(all) < rounds) {
            all.add(round(all.size(), seconds));
        }
        all.sort(Comparator.comparingDouble(Round::disturbance));
        all.stream().limit(rounds).forEach(r -> r.turns.forEach((name, turn) -> turns.get(name).add(turn)));
        progress.printf("  %d rounds, %d of them calm; the %d calmest count%n", all.size(),
                calm(all), rounds);
        turns.forEach((name, list) -> progress.printf(Locale.ROOT, "  %-16s %10.1f images/s (%.1f to %.1f), peak %d "
                + "MB; others used %.2f processors%n", name, rates(name).median(), rates(name).low(),
                rates(name).high(), list.getLast().peakMegabytes(), disturbance(list)));
    }

    /// Runs until the engine's process has had the seconds, by the clock that counts: compilers need processor time.
    private void warmUp(WorkerProcess engine, double seconds) {
        double had = 0;
        for (int i = 0; i < PATIENCE * Math.max(1, seconds) && had < seconds; i++) {
            had += clock.seconds(engine.run(1));
        }
    }

    private Round round(int number, double seconds) {
        Map<String, WorkerProcess.Turn> taken = new LinkedHashMap<>();
        for (int i = 0; i < engines.size(); i++) {
            WorkerProcess engine = engines.get((i + number) % engines.size());
            taken.put(engine.name(), engine.run(seconds));
        }
        return new Round(taken);
    }

    private long calm(List<Round> all) {
        return all.stream().filter(r -> r.disturbance() <= spare + CALM).count();
    }

    /// One turn of every engine.
    private record Round(Map<String, WorkerProcess.Turn> turns) {
        /// Processors that other programs used, in the most disturbed turn.
        double disturbance() {
            return turns.values().stream().mapToDouble(WorkerProcess.Turn::others).max().orElse(0);
        }
    }

    /// Fails unless all engines compute the same: the losses of some training steps without dropout, or the logits.
    private void compare() {
        boolean losses = mode == Mode.TRAIN;
        String what = losses ? "losses of " + CHECK_STEPS + " steps" : "logits";
        double tolerance = losses ? LOSS_TOLERANCE : LOGIT_TOLERANCE;
        WorkerProcess first = engines.getFirst();
        int images = Math.min(batch, CHECK_BATCH);
        double[] wanted = answer(first, images);
        double scale = losses ? Math.abs(wanted[0] - wanted[CHECK_STEPS - 1])
                : Arrays.stream(wanted).map(Math::abs).max().orElse(0);
        for (WorkerProcess engine : engines.subList(1, engines.size())) {
            double worst = largestDifference(wanted, answer(engine, images)) / scale;
            progress.printf(Locale.ROOT, "  %s and %s: %s differ by %.1e%n", first.name(), engine.name(), what, worst);
            // Written so that NaN fails too.
            if (!(worst <= tolerance)) {
                throw new SextantException("bench: %s, batch %d: %s and %s compute different %s, relative difference "
                        + "%.3g > %.3g; nothing is timed", net.key(), images, first.name(), engine.name(), what, worst,
                        tolerance);
            }
        }
    }

    private double[] answer(WorkerProcess engine, int images) {
        return mode == Mode.TRAIN ? engine.losses(net, images, CHECK_STEPS) : engine.logits(net, images);
    }

    private static double largestDifference(double[] a, double[] b) {
        if (a.length != b.length) {
            return Double.NaN;
        }
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
    }

    private static double disturbance(List<WorkerProcess.Turn> list) {
        return Spread.of(list.stream().mapToDouble(WorkerProcess.Turn::others).toArray()).median();
    }

    /// How many processors other programs used while the engines computed, the median over all turns.
    double disturbance() {
        return disturbance(turns.values().stream().flatMap(List::stream).toList());
    }

    /// Images per second of one engine.
    Spread rates(String engine) {
        return Spread.of(turns.get(engine).stream().mapToDouble(clock::rate).toArray());
    }

    /// Sextant's images per second divided by the other's, round by round.
    Spread ratios(String engine) {
        var mine = turns.get(engines.getFirst().name());
        var theirs = turns.get(engine);
        double[] r = new double[mine.size()];
        for (int i = 0; i < r.length; i++) {
            r[i] = clock.rate(mine.get(i)) / clock.rate(theirs.get(i));
        }
        return Spread.of(r);
    }
}
