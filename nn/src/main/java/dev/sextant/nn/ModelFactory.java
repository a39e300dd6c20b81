package dev.sextant.nn;

import dev.sextant.engine.Shape;
import java.util.Map;
import java.util.Optional;

/// Builds the layers that a model file's metadata describes. [Model#load] finds factories with `ServiceLoader`; the zoo
/// provides one for its networks, and an application can provide another for its own.
public interface ModelFactory {

    /// Layers, not yet initialised, and the input they take.
    ///
    /// @param input shape of one example, without batch
    record Architecture(Layer layer, Shape input) {
    }

    /// The network that this metadata describes, or nothing if this factory does not know it.
    Optional<Architecture> create(Map<String, String> metadata);
}
