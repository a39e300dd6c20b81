package dev.sextant.nn.io;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Loads weights into a model by their PyTorch names, from safetensors or from a `.pth` state dictionary, and says by
/// name what did not fit.
///
/// ```java
/// Network net = Zoo.torchvision("resnet18");
/// net.model().declare(net.inputShape(1));
/// Weights.from(Path.of("resnet18.pth")).load(net.model(), Device.standard());
/// ```
///
/// Published DenseNet files have names of an old form (`denselayer1.norm.1.weight`); they are understood.
public final class Weights {
    /// `denselayer1.norm.1.weight` → `denselayer1.norm1.weight`.
    private static final Pattern OLD_DENSENET = Pattern
            .compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..*)");

    /// Files written before PyTorch 0.4.1 lack it; it matters to training with a cumulative average only.
    private static final String STEPS = "num_batches_tracked";

    private final Path path;
    private Pattern skipped = Pattern.compile("(?!)");
    private boolean partial;

    private Weights(Path path) {
        this.path = path;
    }

    /// What became of every name.
    ///
    /// @param loaded     in the file and in the model
    /// @param skipped    left as they were on request
    /// @param missing    in the model only
    /// @param unexpected in the file only
    /// @param misshaped  in both, but of different shapes or types, with both said
    public record Report(List<String> loaded, List<String> skipped, List<String> missing, List<String> unexpected,
            List<String> misshaped) {

        /// Whether everything that was not skipped fitted.
        public boolean isComplete() {
            return missing.isEmpty() && unexpected.isEmpty() && misshaped.isEmpty();
        }

        @Override
        public String toString() {
            var out = new StringBuilder().append(loaded.size()).append(" loaded");
            append(out, skipped, "skipped");
            append(out, missing, "missing");
            append(out, unexpected, "unexpected");
            append(out, misshaped, "with another shape");
            return out.toString();
        }

        private static void append(StringBuilder out, List<String> names, String what) {
            if (!names.isEmpty()) {
                out.append("; ").append(names.size()).append(' ').append(what).append(": ")
                        .append(String.join(", ", names.subList(0, Math.min(20, names.size()))))
                        .append(names.size() > 20 ? ", …" : "");
            }
        }
    }

    /// Weights in a file.
    public static Weights from(Path path) {
        return new Weights(path);
    }

    /// Leaves alone what has such a name, in the model and in the file: `fc\..*` keeps a new head when a network is
    /// fine-tuned for other classes.
    public Weights skip(String namePattern) {
        skipped = Pattern.compile(namePattern);
        return this;
    }

    /// Loads what fits and reports the rest, instead of refusing everything.
    public Weights partially() {
        partial = true;
        return this;
    }

    /// Fills a model whose parameters are declared or initialised. Nothing is changed unless everything fits, or
    /// [#partially] allows it.
    ///
    /// @param device for parameters that have no values yet
    /// @throws FormatException if the file is damaged or does not fit
    public Report load(Layer model, Device device) {
        try (TensorFile file = TensorFile.open(path)) {
            Map<String, String> inFile = new LinkedHashMap<>();
            file.shapes().keySet().forEach(name -> inFile.put(modern(name), name));
            Report report = compare(model, file, inFile);
            if (!partial && !report.isComplete()) {
                throw new FormatException("%s does not fit the model: %s. skip(pattern) leaves a head alone, "
                        + "partially() loads what fits", path.getFileName(), report);
            }
            Map<String, Parameter> parameters = model.parameters();
            Map<String, NDArray> buffers = buffers(model);
            for (String name : report.loaded) {
                Parameter p = parameters.get(name);
                if (p == null) {
                    buffers.get(name).set(file.array(inFile.get(name), buffers.get(name).device()));
                } else {
                    Device target = p.isInitialized() ? p.value().device() : device;
                    p.assign(Scope.outside(() -> file.array(inFile.get(name), target)));
                }
            }
            return report;
        } catch (IOException e) {
            throw new FormatException(e, "cannot read %s: %s", path, e.getMessage());
        }
    }

    private static String modern(String name) {
        var old = OLD_DENSENET.matcher(name);
        return old.matches() ? old.group(1) + old.group(2) : name;
    }

    private Report compare(Layer model, TensorFile file, Map<String, String> inFile) {
        Map<String, Shape> wanted = model.stateShapes();
        if (wanted.isEmpty()) {
            throw new FormatException("%s cannot be loaded: the model has no parameters yet; call "
                    + "model.declare(inputShape) first", path.getFileName());
        }
        Map<String, NDArray> buffers = buffers(model);
        var report = new Report(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                new ArrayList<>());
        for (var e : wanted.entrySet()) {
            String name = e.getKey();
            String stored = inFile.get(name);
            if (skipped.matcher(name).matches()) {
                report.skipped.add(name);
            } else if (stored == null) {
                if (!name.endsWith(STEPS)) {
                    report.missing.add(name);
                }
            } else if (!file.shapes().get(stored).equals(e.getValue())) {
                report.misshaped.add(name + " " + file.shapes().get(stored) + " instead of " + e.getValue());
            } else if (file.isFloating(stored) != (!buffers.containsKey(name)
                    || buffers.get(name).dtype().isFloating())) {
                report.misshaped.add(name + (file.isFloating(stored) ? " floating instead of integer"
                        : " integer instead of floating"));
            } else {
                report.loaded.add(name);
            }
        }
        new TreeSet<>(inFile.keySet()).stream()
                .filter(name -> !wanted.containsKey(name) && !skipped.matcher(name).matches())
                .forEach(report.unexpected::add);
        return report;
    }

    private static Map<String, NDArray> buffers(Layer model) {
        Map<String, NDArray> all = new LinkedHashMap<>();
        model.visit("", (path, layer) -> {
            for (String name : layer.stateShapes().keySet()) {
                if (layer.buffer(name) != null) {
                    all.put(path.isEmpty() ? name : path + "." + name, layer.buffer(name));
                }
            }
        });
        return all;
    }
}
