package dev.sextant.bench;

import dev.sextant.bench.devices.DevicesCommand;
import dev.sextant.bench.gpu.BundleCommand;
import dev.sextant.bench.gpu.GpuCheckCommand;
import dev.sextant.bench.ladder.LadderCommand;
import dev.sextant.bench.peak.PeakCommand;
import dev.sextant.bench.peers.PeersCommand;
import dev.sextant.bench.profile.ProfileCommand;
import dev.sextant.bench.report.ReportCommand;
import dev.sextant.engine.error.SextantException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `./sextant bench`: measurements that need more than the library itself.
@Command(name = "sextant bench", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", description = "Measures Sextant. JMH benchmarks: java -jar bench/target/bench.jar -l", subcommands = {
    ProfileCommand.class, PeersCommand.class, PeakCommand.class, LadderCommand.class, DevicesCommand.class,
    ReportCommand.class, GpuCheckCommand.class, BundleCommand.class, CommandLine.HelpCommand.class})
public final class BenchMain implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        int code = new CommandLine(new BenchMain()).setExecutionExceptionHandler(BenchMain::fail).execute(args);
        System.out.flush();
        System.exit(code);
    }

    private static int fail(Exception e, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (!(e instanceof SextantException)) {
            throw e;
        }
        System.err.println(e.getMessage());
        return 1;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
