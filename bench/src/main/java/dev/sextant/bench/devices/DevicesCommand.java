package dev.sextant.bench.devices;

import dev.sextant.bench.gpu.Gpu;
import dev.sextant.engine.error.SextantException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bench devices`.
@Command(name = "devices", mixinStandardHelpOptions = true, description = {
    "The same operations on the CPU and on the GPU, by our kernels and by NVIDIA's libraries (JMH).",
    "What a device cannot do here is skipped, with the reason."})
public final class DevicesCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "REGEX", description = "Only benchmarks whose name contains this: Matmul, Conv, Pool, BatchNorm, Step, Transfer.")
    private String only = "";

    @Option(names = "--simulated", description = "Tiny sizes on the simulator, to see that everything runs; its times mean nothing.")
    private boolean simulated;

    @Option(names = "--forks", paramLabel = "N", description = "Processes per benchmark; 0: this one.")
    private Integer forks;

    @Option(names = "--quick", description = "A first look, too short to quote.")
    private boolean quick;

    @Option(names = {"-o",
        "--output"}, paramLabel = "FILE", description = "JMH's JSON, for 'bench report'; default: devices.json.")
    private Path output = Path.of("devices.json");

    private final PrintStream out;

    /// Prints to standard output.
    public DevicesCommand() {
        this(System.out);
    }

    DevicesCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws RunnerException {
        PrintStream lines = simulated ? marked(out) : out;
        List<String> devices = new ArrayList<>(List.of(OnDevices.CPU));
        for (String settings : List.of(Gpu.OWN, Gpu.CUDNN)) {
            try {
                lines.println(settings + ": " + new Gpu(simulated).device(settings).backend().describe());
                devices.add((simulated ? OnDevices.SIMULATED : "") + settings);
            } catch (SextantException e) {
                lines.println("skipped: " + settings + ": " + e.getMessage());
            }
        }
        var options = new OptionsBuilder().include("\\.devices\\..*" + only).shouldFailOnError(false)
                .param("device", devices.toArray(String[]::new))
                .resultFormat(ResultFormatType.JSON).result(output.toString());
        if (simulated) {
            // Small enough for a device that is ten thousand times slower.
            options.param("size", "33").param("layer", "TINY").param("shape", "5x9").param("net", "LENET")
                    .param("batch", "2").param("elements", "1000");
        }
        if (simulated || quick) {
            TimeValue shortly = TimeValue.milliseconds(simulated ? 20 : 300);
            options.warmupIterations(1).warmupTime(shortly).measurementIterations(2).measurementTime(shortly).forks(1);
        }
        if (forks != null) {
            options.forks(forks);
        }
        var results = new Runner(options.build(), OutputFormatFactory.createFormatInstance(lines, VerboseMode.NORMAL))
                .run();
        lines.println(output + ": " + results.size() + " results; ./sextant bench report " + output
                + " makes a page of them");
        return results.isEmpty() ? 1 : 0;
    }

    /// Begins every line with the word.
    private static PrintStream marked(PrintStream out) {
        return new PrintStream(new OutputStream() {
            private final ByteArrayOutputStream line = new ByteArrayOutputStream();

            @Override
            public void write(int b) {
                if (b == '\n') {
                    out.println("simulated  " + line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }, false, StandardCharsets.UTF_8);
    }
}
