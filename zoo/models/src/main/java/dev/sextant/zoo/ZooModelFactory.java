package dev.sextant.zoo;

import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.ModelFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Builds the zoo's networks for model files and checkpoints whose metadata say `net` and, where they are not the usual
/// ones, `edition`, `variant`, `classes`, `inputChannels` and `inputSize`.
public final class ZooModelFactory implements ModelFactory {
    private static final Set<String> NUMBERS = Set.of("classes", "inputChannels", "inputSize");

    /// For `ServiceLoader`.
    public ZooModelFactory() {
    }

    @Override
    public Optional<Architecture> create(Map<String, String> metadata) {
        if (!metadata.containsKey("net")) {
            return Optional.empty();
        }
        Map<String, Object> builder = new LinkedHashMap<>();
        metadata.forEach((key, value) -> builder.put(key, NUMBERS.contains(key) ? number(key, value) : value));
        try {
            Network network = Zoo.create(builder);
            return Optional.of(new Architecture(network.model(), network.input()));
        } catch (ShapeException | ArithmeticException e) {
            throw new FormatException(e, "zoo: the file's metadata %s describe a network that cannot be: %s", metadata,
                    e.getMessage());
        }
    }

    private static int number(String key, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new FormatException(e, "zoo: the file's metadata say %s = \"%s\", which is no whole number", key,
                    value);
        }
    }
}
