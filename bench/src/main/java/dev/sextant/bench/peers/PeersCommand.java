package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import dev.sextant.cli.Machine;
import dev.sextant.engine.CpuSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench peers`: Sextant beside PyTorch and ONNX Runtime, in the same run, taking turns.
@Command(name = "peers", mixinStandardHelpOptions = true, description = "Training against PyTorch (DJL), inference against ONNX Runtime: ratios of images/s, in one run.")
public final class PeersCommand implements Callable<Integer> {
    private static final String TUNED = "train tuned";
    private static final String DEFAULT = "train default";
    private static final String INFER_32 = "infer b32";
    private static final String INFER_1 = "infer b1";
    private static final double NOTEWORTHY_DISTURBANCE = 0.1;

    @Option(names = "--nets", split = ",", paramLabel = "NET", description = "Which networks; default: all seven.")
    private List<String> nets = BookNet.keys();

    @Option(names = "--modes", split = ",", paramLabel = "MODE", description = "train, infer; default: both.")
    private List<String> modes = List.of("train", "infer");

    @Option(names = "--rounds", description = "Rounds per comparison; default: 5.")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of one engine's turn; default: 4 s, at least one step.")
    private double seconds = 4;

    @Option(names = "--warmup", paramLabel = "SECONDS", description = "Before the first round; default: 10 s.")
    private double warmUp = 10;

    @Option(names = "--threads", description = "Threads of every engine; default: one per processor.")
    private int threads = CpuSettings.defaults().threads();

    @Option(names = "--precision", description = "Sextant's: exact or fast; default: fast.")
    private String precision = "fast";

    @Option(names = "--clock", description = "wall, or cpu: images per second of processor time, for --threads 1 on a "
            + "machine in use; default: wall.")
    private String clock = "wall";

    @Option(names = "--quick", description = "Turns of 1 s after 4 s of warm-up: a rough answer.")
    private boolean quick;

    private final Map<String, List<Double>> ratios = new LinkedHashMap<>();
    private final List<String> rows = new ArrayList<>();
    private double worstDisturbance;
    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        if (quick) {
            seconds = 1;
            warmUp = 4;
        }
        List.of(TUNED, DEFAULT, INFER_32, INFER_1).forEach(k -> ratios.put(k, new ArrayList<>()));
        List<BookNet> chosen = nets.stream().map(BookNet::of).toList();
        var recipes = new Recipes(Path.of(System.getProperty("sextant.home", ".")), threads, precision);
        printConditions();
        for (BookNet net : chosen) {
            if (modes.contains("train")) {
                train(net, recipes);
            }
            if (modes.contains("infer")) {
                infer(net, 32, INFER_32, recipes);
                infer(net, 1, INFER_1, recipes);
            }
        }
        printTable();
        return 0;
    }

    private void printConditions() {
        Map<String, Object> facts = Machine.facts();
        out.printf("%s, %s; %s%n", facts.get("cpu"), facts.get("processors") + " processors", facts.get("jdk"));
        out.printf(Locale.ROOT, "%d threads, float32, Sextant's precision %s, %d rounds of %.0f s after %.0f s of "
                + "warm-up, by %s time%n", threads, precision, rounds, seconds, warmUp, clock);
    }

    private void train(BookNet net, Recipes recipes) {
        out.printf("%n%s, training, batch %d%n", net.key(), net.trainBatch());
        try (var sextant = new WorkerProcess(recipes.sextant());
                var tuned = new WorkerProcess(recipes.pytorchTuned());
                var untuned = new WorkerProcess(recipes.pytorch())) {
            var duel = new Duel(Mode.TRAIN, net, net.trainBatch(), List.of(sextant, tuned, untuned), spare(),
                    clock(), out);
            duel.run(warmUp, seconds, rounds);
            record(net, net.trainBatch(), TUNED, duel, tuned.name());
            record(net, net.trainBatch(), DEFAULT, duel, untuned.name());
        }
    }

    private void infer(BookNet net, int batch, String key, Recipes recipes) {
        out.printf("%n%s, inference, batch %d%n", net.key(), batch);
        try (var sextant = new WorkerProcess(recipes.sextant());
                var onnx = new WorkerProcess(recipes.onnxRuntime())) {
            var duel = new Duel(Mode.INFER, net, batch, List.of(sextant, onnx), spare(), clock(), out);
            duel.run(warmUp, seconds, rounds);
            record(net, batch, key, duel, onnx.name());
        }
    }

    private Clock clock() {
        return Clock.valueOf(clock.toUpperCase(Locale.ROOT));
    }

    /// Processors that others may use without disturbing: by processor time, all.
    private int spare() {
        int processors = Runtime.getRuntime().availableProcessors();
        return clock() == Clock.CPU ? processors : Math.max(0, processors - threads);
    }

    private void record(BookNet net, int batch, String key, Duel duel, String peer) {
        Spread ratio = duel.ratios(peer);
        ratios.get(key).add(ratio.median());
        worstDisturbance = Math.max(worstDisturbance, duel.disturbance());
        rows.add(String.format(Locale.ROOT, "%-12s %-14s %5d %12.1f %12.1f  %s", net.key(), key, batch,
                duel.rates("sextant").median(), duel.rates(peer).median(), ratio.ratio()));
        out.printf("  %s: %s%n", key, ratio.ratio());
    }

    private void printTable() {
        out.printf("%n%-12s %-14s %5s %12s %12s  %s%n", "network", "comparison", "batch", "sextant", "peer",
                "ratio of images/s, median (lowest to highest round)");
        rows.forEach(out::println);
        if (worstDisturbance > spare() + NOTEWORTHY_DISTURBANCE) {
            out.printf(Locale.ROOT, "%nThe machine was shared: in the most disturbed comparison other programs used "
                    + "%.1f processors. Engines suffer unequally from that; repeat on an idle machine.%n",
                    worstDisturbance);
        }
        out.println();
        ratios.forEach((key, values) -> out.printf("geomean %s %s%n", key, values.isEmpty() ? "not measured"
                : String.format(Locale.ROOT, "%.2fx",
                        Spread.geometricMean(values.stream().mapToDouble(Double::doubleValue).toArray()))));
    }
}
