package dev.sextant.cli;

import dev.sextant.cli.onnx.OnnxExport;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Model;
import dev.sextant.nn.io.AtomicFile;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.io.StateDict;
import dev.sextant.zoo.NetSettings;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant export`: a network for other programs, as ONNX or as safetensors with PyTorch's names.
@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Writes a network for other programs: ONNX for runtimes, safetensors for PyTorch.",
    "Its weights are those of --weights or of --run; without either, those it starts with from --seed."
})
final class ExportCommand implements Runnable {
    private static final List<String> FORMATS = List.of("onnx", "safetensors");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NET", description = "The network; left out with --run.")
    private String net;

    @Option(names = "--format", paramLabel = "NAME", required = true, description = "onnx or safetensors.")
    private String format;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE", required = true, description = "The file to write.")
    private Path out;

    @Option(names = "--run", paramLabel = "DIR", description = "The network and weights of a run folder.")
    private Path run;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of initialisation, where no weights are given (default: 0).")
    private long seed;

    @Mixin
    private WeightsOptions weights;

    @Mixin
    private NetOptions netOptions;

    private final Console console;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Wrong.oneOf(spec, "format", format, FORMATS);
        if ((net == null) == (run == null) || run != null && weights.given()) {
            throw new Wrong(spec,
                    "export needs a network, for example: sextant export lenet --format onnx -o lenet.onnx;"
                            + " or the run folder that has one, --run runs/…, and then nothing else");
        }
        Device device = Device.standard();
        if (run != null) {
            fromRun(device);
            return;
        }
        Network network = netOptions.network(spec, net);
        weights.load(spec, console, network, device, seed);
        write(network, device, netOptions.metadata(network));
    }

    private void fromRun(Device device) {
        Path checkpoint = run.resolve("checkpoint.safetensors");
        try (var file = SafeTensors.open(checkpoint)) {
            Network network = Zoo.create(NetSettings.parse(file.metadata()));
            Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
            metadata.keySet().retainAll(NetOptions.metadataKeys(network));
            network.initialize(device, 0);
            StateDict.restore(checkpoint.toString(), file, "model.", network.model());
            write(network, device, metadata);
        } catch (IOException e) {
            throw new SextantException(e, "export: cannot read %s: %s; a run folder has one after its first epoch",
                    checkpoint, e.getMessage());
        }
    }

    private void write(Network network, Device device, Map<String, String> metadata) {
        if (format.equals("safetensors")) {
            Model.save(out, network.model(), metadata);
        } else {
            try (var _ = Scope.open("export")) {
                var image = NDArray.zeros(network.inputShape(1), DType.FLOAT32, device);
                var model = OnnxExport.of(network.model(), image, network.name(), Version.number(), metadata);
                AtomicFile.write(out, model::writeTo);
            } catch (IOException e) {
                throw new SextantException(e, "export: cannot write %s: %s", out, e);
            }
        }
        console.out().println(out + ": " + NetOptions.title(network) + ", " + network.model().parameterCount()
                + " parameters" + (format.equals("onnx") ? ", input [batch, " + network.input().dim(0) + ", "
                        + network.input().dim(1) + ", " + network.input().dim(2) + "]" : ""));
        console.out().flush();
    }
}
