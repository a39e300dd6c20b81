package dev.sextant.cli.train;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.io.Weights;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// What a network begins with beside its seed: weights from a file, and which of them stay as they are.
///
/// @param weights  safetensors or a `.pth` state dictionary, or null
/// @param skip     names that are left alone in the file and in the model, or null
/// @param skipHead whether the last layer is left alone as well
/// @param freeze   names of parameters that are not trained, `body` for all but the last layer's, or null
public record Start(String weights, String skip, boolean skipHead, String freeze) {
    /// The seed alone.
    public static final Start FROM_SEED = new Start(null, null, false, null);

    /// Loads and freezes.
    ///
    /// @param model  initialised
    /// @param device for the weights
    /// @param load   whether to load at all; a resumed training has its weights from the checkpoint
    /// @param notes  hears what was done
    /// @throws SextantException if the file is damaged or does not fit, or nothing matches what is to be frozen
    public void apply(Layer model, Device device, boolean load, Consumer<String> notes) {
        if (weights != null && load) {
            String skipped = skip == null ? "(?!)" : skip;
            if (skipHead) {
                skipped = "(?:" + skipped + ")|" + headPattern(model);
            }
            notes.accept("weights from " + weights + ": "
                    + Weights.from(Path.of(weights)).skip(skipped).load(model, device));
        }
        if (freeze != null) {
            int count = model.freeze(freeze.equals("body") ? "(?!" + headPattern(model) + ").*" : freeze, true);
            if (count == 0 || count == model.parameters().size()) {
                throw new SextantException(
                        "freeze: '%s' matches %s of the %d parameters, among them %s; give a regular "
                                + "expression for whole names, such as 'features\\..*', or body for all but the last layer's",
                        freeze, count == 0 ? "none" : "all", model.parameters().size(),
                        model.parameters().keySet().stream().limit(4).toList());
            }
            notes.accept("frozen: " + count + " of " + model.parameters().size() + " parameters");
        }
    }

    /// The names of what the last layer with parameters holds.
    private static String headPattern(Layer model) {
        String[] last = {""};
        model.visit("", (path, layer) -> last[0] = layer.ownParameters().isEmpty() ? last[0] : path);
        return Pattern.quote(last[0]) + "\\..*";
    }
}
