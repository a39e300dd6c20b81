package dev.sextant.cli;

import dev.sextant.cli.measure.LayerTimes;
import dev.sextant.cli.plan.MemoryPlan;
import dev.sextant.engine.Device;
import dev.sextant.nn.ReceptiveField;
import dev.sextant.nn.Summary;
import dev.sextant.zoo.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant compare A B …`: networks side by side.
@Command(name = "compare", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows networks side by side: parameters, work, memory, receptive field, speed.")
final class CompareCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "2..*", paramLabel = "NET", description = "Two or more networks; NET@EDITION, such as resnet18@torchvision, where the name alone is another's.")
    private List<String> nets;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting for all of them, for example inputSize=96.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", description = "Images per batch (default: 1).")
    private int batch;

    @Option(names = "--no-measure", description = "Leave out the times, for which the networks are run.")
    private boolean unmeasured;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "text", description = "text (default), md or csv.")
    private String format;

    @Mixin
    private DeviceOptions deviceOptions;

    private final Console console;

    CompareCommand(Console console) {
        this.console = console;
    }

    /// What is known of one network.
    private record Candidate(Network network, Summary summary, MemoryPlan training, double millis) {
    }

    @Override
    public void run() {
        Wrong.within(spec, "--batch", batch, 1, 1_000_000);
        Wrong.oneOf(spec, "format", format, Table.FORMATS);
        Device device = deviceOptions.device(spec);
        // All names are looked up before anything is run.
        nets.forEach(this::network);
        List<Candidate> all = nets.stream().map(net -> candidate(net, device)).toList();
        var table = new Table();
        row(table, "batch " + batch, all, c -> NetOptions.title(c.network));
        row(table, "input", all, c -> c.network.input().toString());
        row(table, "parameters", all, c -> Long.toString(c.summary.totalParams()));
        row(table, "multiply-adds", all, c -> Long.toString(c.summary.totalMacs()));
        row(table, "layers with weights", all,
                c -> Long.toString(c.summary.rows().stream().filter(r -> r.macs() > 0 && r.leaf()).count()));
        row(table, "receptive field", all, c -> field(c.summary));
        row(table, "parameters, MiB", all, c -> mib(Float.BYTES * c.summary.totalParams()));
        row(table, "inference at most, MiB", all, c -> mib(c.summary.rows().getFirst().inferenceBytes()));
        row(table, "training in all, MiB", all, c -> mib(c.training.total()));
        if (!unmeasured) {
            row(table, "forward, ms", all, c -> decimal(c.millis, 2));
            row(table, "images/s", all, c -> decimal(batch / c.millis * 1e3, 1));
            row(table, "GFLOP/s", all, c -> decimal(2 * c.summary.totalMacs() / c.millis / 1e6, 1));
        }
        console.out().print(table.in(format));
        console.out().flush();
    }

    private Network network(String which) {
        var options = new NetOptions();
        int at = which.indexOf('@');
        options.edition = at < 0 ? null : which.substring(at + 1);
        options.settings = settings;
        return options.network(spec, at < 0 ? which : which.substring(0, at));
    }

    private Candidate candidate(String which, Device device) {
        Network planned = network(which);
        var summary = Summary.of(planned.model(), planned.inputShape(batch), NetOptions.title(planned));
        MemoryPlan training = MemoryPlan.of(planned, Math.max(2, batch), device, null);
        Network network = network(which);
        double millis = Double.NaN;
        if (!unmeasured) {
            network.initialize(device, 0);
            millis = LayerTimes.whole(network.model(), network.inputShape(batch), device);
        }
        return new Candidate(planned, summary, training, millis);
    }

    private static void row(Table table, String what, List<Candidate> all, Function<Candidate, String> cell) {
        List<String> cells = new ArrayList<>(List.of(what));
        all.forEach(c -> cells.add(cell.apply(c)));
        table.row(cells);
    }

    /// Of the last layer that does not see everything by construction, such as a linear one.
    private static String field(Summary s) {
        return s.calls().reversed().stream().map(Summary.Row::field).filter(f -> !f.isWhole()).findFirst()
                .map(ReceptiveField::toString).orElse("all");
    }

    private static String mib(long bytes) {
        return decimal(bytes / (double) (1 << 20), 1);
    }

    private static String decimal(double x, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", x);
    }
}
