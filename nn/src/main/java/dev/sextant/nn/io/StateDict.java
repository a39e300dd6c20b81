package dev.sextant.nn.io;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model's parameters and buffers in a safetensors file, under PyTorch's names.
public final class StateDict {
    private StateDict() {
    }

    /// Fills an initialised model from a file. Nothing is changed unless everything fits.
    ///
    /// @param file   its name, for errors
    /// @param prefix what stands before every name of the model, for example `model.`, or nothing
    /// @throws FormatException if a tensor is missing, has another shape, or has no place in the model
    public static void restore(String file, SafeTensors in, String prefix, Layer model) {
        requireFits(file, in, prefix, model);
        Map<String, NDArray> current = model.state();
        Map<String, Parameter> parameters = model.parameters();
        // Everything is read before anything is set: a tensor whose values cannot be read must not leave half a model.
        Map<String, NDArray> values = new LinkedHashMap<>();
        current.forEach((name, a) -> values.put(name, in.array(prefix + name, a.device())));
        current.forEach((name, a) -> {
            NDArray value = values.get(name);
            if (parameters.containsKey(name)) {
                parameters.get(name).value().set(value);
            } else {
                a.set(value);
            }
        });
    }

    /// Fails where [#restore] would; changes nothing.
    ///
    /// @throws FormatException as there
    public static void requireFits(String file, SafeTensors in, String prefix, Layer model) {
        Map<String, NDArray> current = model.state();
        current.forEach((name, a) -> {
            var entry = in.entries().get(prefix + name);
            if (entry == null || !entry.shape().equals(a.shape())) {
                throw new FormatException("%s does not fit the model: %s should be %s, but the file has %s", file, name,
                        a.shape(), entry == null ? "no such tensor" : entry.shape());
            }
            if (in.isFloating(prefix + name) != a.dtype().isFloating()) {
                throw new FormatException("%s does not fit the model: %s should be %s, but the file has %s", file, name,
                        a.dtype(), entry.dtype());
            }
        });
        List<String> strangers = in.entries().keySet().stream()
                .filter(n -> n.startsWith(prefix) && !current.containsKey(n.substring(prefix.length()))).toList();
        if (!strangers.isEmpty()) {
            throw new FormatException("%s does not fit the model: it has no place for the file's %s", file, strangers);
        }
    }
}
