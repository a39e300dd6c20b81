package dev.sextant.cli;

import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.SextantException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line. Results go to standard output, everything else to standard error; a failure is one line and an
/// [ExitCode].
@Command(name = "sextant", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "A from-scratch tensor engine for convolutional networks.", synopsisSubcommandLabel = "COMMAND", footerHeading = "%nExit codes:%n", footer = {
    "    0  done",
    "    1  failed; one line on standard error says why (--debug adds the stack trace)",
    "    2  wrong command, flag, name or value",
    "    3  data set missing or damaged",
    "  130  stopped by Ctrl-C or SIGTERM; a checkpoint was written",
    "",
    "Examples:",
    "  sextant train lenet                   ten epochs on Fashion-MNIST",
    "  sextant train --resume runs/lenet-0-20260101-120000",
    "  sextant reproduce lenet               the book's settings, compared with the book's numbers",
    "  sextant simulated train lenet --backend cuda   any command with a simulated GPU",
    "  sextant summary resnet18 --format md",
    "  sextant doctor                        what this machine offers",
    "  sextant gpu-lab sgemm                 the CUDA kernels on a simulated GPU, side by side",
    "  sextant gpu-check                     whether this GPU computes everything right, and how fast"
})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print stack traces of failures.")
    private boolean debug;

    private final Console console;

    private Main(Console console) {
        this.console = console;
    }

    /// Runs the process.
    public static void main(String[] args) {
        int code = run(Console.ofProcess(), args);
        System.out.flush();
        System.exit(code);
    }

    /// Runs one command line.
    ///
    /// @return the exit code
    public static int run(Console console, String... args) {
        var main = new Main(console);
        var cli = new CommandLine(main)
                .addSubcommand(new TrainCommand(console))
                .addSubcommand(new ReproduceCommand(console))
                .addSubcommand(new ResultsCommand(console))
                .addSubcommand(new EvalCommand(console))
                .addSubcommand(new PredictCommand(console))
                .addSubcommand(new FindLrCommand(console))
                .addSubcommand(new SummaryCommand(console))
                .addSubcommand(new NetsCommand(console))
                .addSubcommand(new GraphCommand(console))
                .addSubcommand(new CompareCommand(console))
                .addSubcommand(new ParityCommand(console))
                .addSubcommand(new ExportCommand(console))
                .addSubcommand(new PlanCommand(console))
                .addSubcommand(new DoctorCommand(console))
                .addSubcommand(new CommandLine.HelpCommand());
        cli.setOut(new PrintWriter(console.out(), true));
        cli.setErr(new PrintWriter(console.err(), true));
        cli.setUsageHelpAutoWidth(false);
        cli.setUsageHelpWidth(100);
        cli.setCaseInsensitiveEnumValuesAllowed(false);
        cli.setParameterExceptionHandler((e, given) -> main.refuse(e));
        cli.setExecutionExceptionHandler((e, command, parsed) -> main.fail(e));
        try {
            return cli.execute(args);
        } catch (OutOfMemoryError e) {
            main.say("out of memory: the heap may grow to " + Runtime.getRuntime().maxMemory() / (1 << 20)
                    + " MB here; use a smaller --batch, or SEXTANT_JAVA_OPTS=-Xmx…");
            return ExitCode.FAILURE;
        }
    }

    /// Without a command there is nothing to do: the help says what there is.
    @Override
    public void run() {
        spec.commandLine().usage(console.out());
    }

    private void say(String message) {
        console.err()
                .println("sextant: " + message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(""));
    }

    private int refuse(ParameterException e) {
        String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        say(explain(e) + (e instanceof Wrong ? "" : " (see " + help + ")"));
        if (debug) {
            e.printStackTrace(console.err());
        }
        return ExitCode.USAGE;
    }

    private static String explain(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().getFirst();
            CommandSpec command = e.getCommandLine().getCommandSpec();
            if (unmatched.isUnknownOption()) {
                List<String> known = new ArrayList<>();
                command.options().forEach(o -> known.add(o.longestName()));
                String flag = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
                return "unknown flag '" + flag + "'"
                        + Nearest.of(flag, known).map(k -> "; did you mean '" + k + "'?").orElse("");
            }
            if (!command.subcommands().isEmpty()) {
                return "unknown command '" + word + "'" + Nearest.hint(word, command.subcommands().keySet());
            }
            return "there is nothing for '" + word + "' to mean after the other arguments";
        }
        String message = String.valueOf(e.getMessage());
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private int fail(Exception e) {
        if (debug) {
            e.printStackTrace(console.err());
        }
        switch (e) {
            case DataException data -> {
                say(data.getMessage());
                return ExitCode.NO_DATA;
            }
            case SextantException known -> say(known.getMessage());
            default -> say("internal error: " + e + (debug ? "" : " (--debug prints the stack trace)"));
        }
        return ExitCode.FAILURE;
    }
}
