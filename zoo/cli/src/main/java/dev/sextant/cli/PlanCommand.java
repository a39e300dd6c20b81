package dev.sextant.cli;

import dev.sextant.cli.plan.MemoryPlan;
import dev.sextant.cli.plan.Rates;
import dev.sextant.engine.Device;
import dev.sextant.zoo.Network;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant plan NET`: what a training will take, before it takes anything.
@Command(name = "plan", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Says how much memory and time a training takes, before anything is allocated.",
    "The training runs with shapes alone; its time is a lower bound from kernels that are timed in some seconds.",
    "--check trains a few steps and prints what they really took beside it."
})
final class PlanCommand implements Runnable {
    private static final int CHECKED_STEPS = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET", description = "The network; 'sextant nets' lists them.")
    private String net;

    @Mixin
    private NetOptions netOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Images per step (default: the network's usual number).")
    private Integer batch;

    @Option(names = "--images", paramLabel = "N", defaultValue = "60000", description = "Images of an epoch (default: 60000, as Fashion-MNIST has).")
    private int images;

    @Option(names = "--check", description = "Train a few steps on noise and compare.")
    private boolean check;

    @Mixin
    private DeviceOptions deviceOptions;

    private final Console console;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Network network = netOptions.network(spec, net);
        int n = Wrong.within(spec, "--batch", batch == null ? network.hyper().batch() : batch, 1, 1_000_000);
        Wrong.within(spec, "--images", images, 1, Integer.MAX_VALUE);
        Device device = deviceOptions.device(spec);
        MemoryPlan plan = MemoryPlan.of(network, n, device, Rates.of(device));
        print("%s, batch %d, on %s%n", NetOptions.title(network), n, deviceOptions.describe(spec));
        MemoryPlan measured = null;
        if (check) {
            Network real = netOptions.network(spec, net);
            real.initialize(device, 0);
            measured = MemoryPlan.measure(real, n, device, CHECKED_STEPS);
        }
        row("", "planned", measured == null ? "" : "measured", "");
        memory("parameters", plan.parameters(), measured == null ? -1 : measured.parameters(), "");
        memory("gradients", plan.gradients(), measured == null ? -1 : measured.gradients(), "");
        memory("buffers", plan.others(), measured == null ? -1 : measured.others(), "");
        memory("temporary, at most", plan.temporary(), measured == null ? -1 : measured.temporary(),
                "images, activations, their gradients");
        memory("in all", plan.total(), measured == null ? -1 : measured.total(),
                "of a heap of " + mib(Runtime.getRuntime().maxMemory()));
        if (check) {
            String resident = Machine.lineOf(Path.of("/proc/self/status"), "VmHWM");
            row("resident memory", "", resident == null ? "unknown"
                    : mib(1024 * Long.parseLong(resident.replaceAll("\\D", ""))),
                    "of the process, at most: with the JVM and what it has not returned");
        }
        row("a step", seconds(plan.stepSeconds()), measured == null ? "" : seconds(measured.stepSeconds()),
                measured == null ? "at least, from timed kernels"
                        : "at least, from timed kernels; best of " + CHECKED_STEPS);
        double steps = Math.ceil((double) images / n);
        row("an epoch", seconds(steps * plan.stepSeconds()),
                measured == null ? "" : seconds(steps * measured.stepSeconds()), images + " images, without the test");
        console.out().flush();
    }

    private void memory(String what, long planned, long measured, String note) {
        row(what, mib(planned), measured < 0 ? "" : mib(measured), note);
    }

    private void row(String what, String planned, String measured, String note) {
        console.out().println(String.format(Locale.ROOT, check ? "%-18s %12s %12s  %s" : "%-18s %12s%s  %s", what,
                planned, measured, note).stripTrailing());
    }

    private void print(String format, Object... args) {
        console.out().print(String.format(Locale.ROOT, format, args));
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }

    private static String seconds(double s) {
        return s < 1 ? String.format(Locale.ROOT, "%.1f ms", s * 1e3)
                : s < 600 ? String.format(Locale.ROOT, "%.1f s", s) : String.format(Locale.ROOT, "%.1f min", s / 60);
    }
}
