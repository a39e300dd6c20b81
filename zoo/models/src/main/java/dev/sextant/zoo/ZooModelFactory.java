package dev.sextant.zoo;

import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.ModelFactory;
import java.util.Map;
import java.util.Optional;

/// Builds the zoo's networks for model files and checkpoints whose metadata say `net` and, where they are not the usual
/// ones, `edition`, `variant` and the settings of [NetSettings].
public final class ZooModelFactory implements ModelFactory {
    /// For `ServiceLoader`.
    public ZooModelFactory() {
    }

    @Override
    public Optional<Architecture> create(Map<String, String> metadata) {
        if (!metadata.containsKey("net")) {
            return Optional.empty();
        }
        try {
            Network network = Zoo.create(NetSettings.parse(metadata));
            return Optional.of(new Architecture(network.model(), network.input()));
        } catch (ShapeException | ArithmeticException e) {
            throw new FormatException(e, "zoo: the file's metadata %s describe a network that cannot be: %s", metadata,
                    e.getMessage());
        }
    }
}
