package dev.sextant.cli;

import dev.sextant.cli.train.Start;
import dev.sextant.engine.Device;
import dev.sextant.nn.Layer;
import dev.sextant.zoo.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Whose weights a network has.
final class WeightsOptions {
    @Option(names = "--weights", paramLabel = "FILE", description = "Weights by PyTorch's names: safetensors, or a .pth state dictionary, whose code is never run.")
    private Path weights;

    @Option(names = "--skip", paramLabel = "PATTERN", description = "Leave weights alone whose whole name matches, for example 'aux\\d\\..*'.")
    private String skip;

    @Option(names = "--skip-head", description = "Leave the last layer alone: for other classes than the file's.")
    private boolean skipHead;

    /// Checked as far as the command line goes.
    Start start(CommandSpec command, String freeze) {
        if (weights == null && (skip != null || skipHead)) {
            throw new Wrong(command,
                    "--skip and --skip-head say what of a file to leave alone; give it with --weights");
        }
        if (weights != null && !Files.isRegularFile(weights)) {
            throw new Wrong(command, "there is no file " + weights + " (--weights)");
        }
        pattern(command, "--skip", skip);
        pattern(command, "--freeze", freeze);
        return new Start(weights == null ? null : weights.toString(), skip, skipHead, freeze);
    }

    private static void pattern(CommandSpec command, String flag, String pattern) {
        if (pattern != null) {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new Wrong(command, flag + " '" + pattern + "' is no regular expression: " + e.getDescription());
            }
        }
    }

    /// Whether a file was named.
    boolean given() {
        return weights != null;
    }

    /// Gives a network its weights, or says that it has none but those it starts with.
    void load(CommandSpec command, Console console, Network network, Device device, long seed) {
        Start start = start(command, null);
        Layer model = network.initialize(device, seed);
        start.apply(model, device, true, console.err()::println);
        if (!given()) {
            console.err().println("no --weights: " + network.name() + " has the values it starts with from seed "
                    + seed);
        }
    }
}
