package dev.sextant.cli;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.io.TensorFile;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Parity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant parity NET`: the same network elsewhere, layer by layer.
@Command(name = "parity", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Compares the outputs of a network's layers, in evaluation mode, with those that another program stored,",
    "and names the first that differs with its likely cause; then the exit code is 1.",
    "The file (safetensors or .pth) holds the tensor 'input' [N, C, H, W] and outputs under the layers' names."
})
final class ParityCommand implements Callable<Integer> {
    private static final String INPUT = "input";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NET", description = "The network; 'sextant nets' lists them.")
    private String net;

    @Mixin
    private WeightsOptions weights;

    @Option(names = "--activations", paramLabel = "FILE", required = true, description = "What to compare with.")
    private Path activations;

    @Option(names = "--tolerance", paramLabel = "X", defaultValue = "1e-4", description = "Largest difference that counts as equal, as a share of a layer's largest value (default: 1e-4).")
    private double tolerance;

    @Option(names = "--record", paramLabel = "FILE", description = "Also write this network's own outputs for that input, as safetensors.")
    private Path record;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of initialisation, where no weights are given (default: 0).")
    private long seed;

    @Mixin
    private NetOptions netOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    private final Console console;

    ParityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(tolerance >= 0)) {
            throw new Wrong(spec, "--tolerance must be a number not below 0, but " + tolerance + " was given");
        }
        Network network = netOptions.network(spec, net);
        Device device = deviceOptions.device(spec);
        Map<String, NDArray> stored = read(device);
        NDArray input = stored.remove(INPUT);
        if (input == null) {
            throw new FormatException("parity: %s has no tensor '%s' with the images that went in; it has %s",
                    activations, INPUT, stored.keySet().stream().limit(5).toList());
        }
        network.model().check(input.shape());
        weights.load(spec, console, network, device, seed);
        network.model().eval();
        Map<String, NDArray> own = Parity.record(network.model(), input);
        if (record != null) {
            write(input, own);
        }
        List<String> compared = own.keySet().stream().filter(stored::containsKey).toList();
        if (compared.isEmpty()) {
            throw new FormatException(
                    "parity: none of the names in %s is a layer of %s: the file has %s, the network %s",
                    activations, NetOptions.title(network), stored.keySet().stream().limit(5).toList(),
                    own.keySet().stream().limit(5).toList());
        }
        return report(network, Parity.firstDifference(network.model(), own, stored, tolerance).orElse(null),
                compared.size(),
                own.size());
    }

    private int report(Network network, Parity.Difference difference, int compared, int layers) {
        String what = NetOptions.title(network) + ": ";
        console.out().println(difference == null
                ? what + "the outputs of all " + compared + " stored layers agree within " + tolerance + " (of "
                        + layers + " that were run)"
                : what + difference);
        console.out().flush();
        return difference == null ? ExitCode.OK : ExitCode.FAILURE;
    }

    private Map<String, NDArray> read(Device device) {
        try (TensorFile file = TensorFile.open(activations)) {
            Map<String, NDArray> all = new LinkedHashMap<>();
            file.shapes().keySet().forEach(name -> all.put(name, file.array(name, device)));
            return all;
        } catch (IOException e) {
            throw new SextantException(e, "parity: cannot read %s: %s", activations, e.getMessage());
        }
    }

    private void write(NDArray input, Map<String, NDArray> own) {
        Map<String, NDArray> all = new LinkedHashMap<>(own);
        all.put(INPUT, input);
        try {
            SafeTensors.write(record, all, Map.of());
        } catch (IOException e) {
            throw new SextantException(e, "parity: cannot write %s: %s", record, e.getMessage());
        }
    }
}
