package dev.sextant.nn.train;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.io.StateDict;
import dev.sextant.nn.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A training's whole state in one safetensors file, written atomically: parameters and buffers under `model.`,
/// optimizer state under `optimizer.`, the rest in the metadata. Random numbers need no state of their own: they are
/// functions of the seed and of the positions stored here.
public final class Checkpoint {
    /// What the metadata's `format` says.
    public static final String FORMAT = "sextant-checkpoint-1";

    private Checkpoint() {
    }

    /// Writes a checkpoint.
    ///
    /// @param extra further metadata, for example the network's name
    public static void save(Path file, Layer model, Optimizer optimizer, TrainState state, long seed,
            Map<String, String> extra) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        model.state().forEach((name, a) -> arrays.put("model." + name, a));
        optimizer.state().forEach((name, a) -> arrays.put("optimizer." + name, a));
        Map<String, String> metadata = new LinkedHashMap<>(extra);
        metadata.put("format", FORMAT);
        metadata.put("seed", Long.toString(seed));
        metadata.put("optimizerSteps", Long.toString(optimizer.steps()));
        metadata.putAll(state.toMetadata());
        try {
            SafeTensors.write(file, arrays, metadata);
        } catch (IOException e) {
            throw new SextantException(e, "checkpoint: cannot write %s: %s; the checkpoint before it is unharmed", file,
                    e.getMessage());
        }
    }

    /// Puts a checkpoint back into an initialised model and its optimizer. Nothing is changed unless everything fits.
    ///
    /// @return where the training stood
    public static TrainState load(Path file, Layer model, Optimizer optimizer, long seed) {
        try (var in = SafeTensors.open(file)) {
            Map<String, String> m = in.metadata();
            if (!FORMAT.equals(m.get("format"))) {
                throw new FormatException("checkpoint: %s is no training checkpoint (format %s)", file,
                        m.get("format"));
            }
            if (!Long.toString(seed).equals(m.get("seed"))) {
                throw new FormatException("checkpoint: %s was made with seed %s, but this run has seed %d; resume with "
                        + "--seed %s", file, m.get("seed"), seed, m.get("seed"));
            }
            TrainState state = TrainState.of(m);
            long steps = Long.parseLong(m.get("optimizerSteps"));
            StateDict.requireFits("checkpoint: " + file, in, "model.", model);
            Map<String, NDArray> optimizerState = new LinkedHashMap<>();
            var device = model.state().values().iterator().next().device();
            in.entries().keySet().stream().filter(n -> n.startsWith("optimizer."))
                    .forEach(n -> optimizerState.put(n.substring("optimizer.".length()), in.array(n, device)));
            optimizer.requireFits("checkpoint: " + file, optimizerState);
            StateDict.restore("checkpoint: " + file, in, "model.", model);
            optimizer.restore(steps, optimizerState);
            return state;
        } catch (NumberFormatException e) {
            throw new FormatException(e, "checkpoint: %s: its metadata are damaged: %s", file, e.getMessage());
        } catch (IOException e) {
            throw new SextantException(e, "checkpoint: cannot read %s: %s", file, e.getMessage());
        }
    }

    /// Puts a checkpoint's parameters and buffers into an initialised model, for evaluation.
    public static void loadModel(Path file, Layer model) {
        try (var in = SafeTensors.open(file)) {
            StateDict.restore("checkpoint: " + file, in, "model.", model);
        } catch (IOException e) {
            throw new SextantException(e, "checkpoint: cannot read %s: %s", file, e.getMessage());
        }
    }
}
