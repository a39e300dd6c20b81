package dev.sextant.nn;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.ModelFactory.Architecture;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.io.StateDict;
import dev.sextant.nn.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// A trained network for inference: immutable, and safe for any number of threads at once, virtual ones included. The
/// same input gives the same bits whoever else computes at the time.
///
/// ```java
/// Model model = Model.load(Path.of("lenet.safetensors"));
/// float[] scores = model.predict(pixels);
/// ```
///
/// Nothing is recorded for gradients, and temporary memory is given back before `predict` returns.
public final class Model {
    private final Layer layer;
    private final Shape input;
    private final Shape output;
    private final Device device;
    private final List<Parameter> parameters;
    private final List<NDArray> values = new ArrayList<>();
    private final long[] versions;

    private Model(Layer layer, Shape input) {
        this.layer = layer;
        this.input = input;
        output = layer.check(batched(1)).without(0);
        layer.eval();
        parameters = List.copyOf(layer.parameters().values());
        parameters.forEach(p -> {
            p.freeze(true);
            p.value().storage().keepForms();
        });
        parameters.forEach(p -> values.add(p.value()));
        layer.visit("", (path, l) -> l.buffers().values().forEach(values::add));
        versions = values.stream().mapToLong(a -> a.storage().version()).toArray();
        device = values.isEmpty() ? Device.standard() : values.getFirst().device();
    }

    /// Takes over an initialised layer: it goes into evaluation mode, and its parameters are frozen. Do not change it
    /// afterwards: `predict` notices and refuses.
    ///
    /// @param input shape of one example, without batch
    /// @throws ShapeException if the layer does not take such input
    public static Model of(Layer layer, Shape input) {
        return new Model(layer, input);
    }

    /// Loads a model file or a training checkpoint onto the default device. Its metadata must describe a network that
    /// some [ModelFactory] knows, as that of the zoo's networks does.
    ///
    /// @throws FormatException if the file is damaged, or no factory knows the network
    public static Model load(Path file) {
        return load(file, Device.standard());
    }

    /// As above, onto a given device.
    public static Model load(Path file, Device device) {
        try (var in = SafeTensors.open(file)) {
            Map<String, String> metadata = in.metadata();
            Architecture found = ServiceLoader.load(ModelFactory.class).stream()
                    .flatMap(f -> f.get().create(metadata).stream()).findFirst()
                    .orElseThrow(() -> new FormatException("model: %s: its metadata %s describe no network that is "
                            + "known here; give the layers yourself, Model.load(file, layer, inputShape, device), or "
                            + "provide a ModelFactory", file, metadata));
            return fill(file, in, found.layer(), found.input(), device);
        } catch (IOException e) {
            throw new SextantException(e, "model: cannot read %s: %s", file, e.getMessage());
        }
    }

    /// Loads parameters and buffers into layers of one's own: a model file, a training checkpoint, or what PyTorch's
    /// `state_dict` looks like as safetensors.
    ///
    /// @param layer not yet initialised; the model takes it over
    /// @param input shape of one example, without batch
    public static Model load(Path file, Layer layer, Shape input, Device device) {
        try (var in = SafeTensors.open(file)) {
            return fill(file, in, layer, input, device);
        } catch (IOException e) {
            throw new SextantException(e, "model: cannot read %s: %s", file, e.getMessage());
        }
    }

    private static Model fill(Path file, SafeTensors in, Layer layer, Shape input, Device device) {
        requirePlausible(file, in, layer, input);
        layer.initialize(batched(input, 1), device, 0, (l, p) -> Init.constant(0));
        String prefix = Checkpoint.FORMAT.equals(in.metadata().get("format")) ? "model." : "";
        StateDict.restore("model: " + file, in, prefix, layer);
        return new Model(layer, input);
    }

    /// A file that promises more than it holds must not make the reader take memory for it.
    private static void requirePlausible(Path file, SafeTensors in, Layer layer, Shape input) {
        long stored = in.entries().values().stream().mapToLong(e -> e.shape().size()).sum();
        long planned;
        try {
            planned = Summary.of(layer, batched(input, 1), "").totalParams();
        } catch (ArithmeticException | ShapeException e) {
            throw new FormatException(e, "model: %s describes a network that cannot be: %s", file, e.getMessage());
        }
        if (planned > stored) {
            throw new FormatException("model: %s does not fit the model: the layers have %d parameters, but the file "
                    + "holds %d values", file, planned, stored);
        }
    }

    /// Writes a model file, atomically.
    ///
    /// @param metadata what a [ModelFactory] needs to build the layers again, for example `net` = `lenet` for the zoo's
    public void save(Path file, Map<String, String> metadata) {
        requireUnchanged();
        save(file, layer, metadata);
    }

    /// Writes any initialised layer as a model file, atomically; the layer stays as it is.
    public static void save(Path file, Layer layer, Map<String, String> metadata) {
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.put("format", "sextant-model-1");
        try {
            SafeTensors.write(file, layer.state(), all);
        } catch (IOException e) {
            throw new SextantException(e, "model: cannot write %s: %s; what was there before is unharmed", file,
                    e.getMessage());
        }
    }

    /// Shape of one example, without batch.
    public Shape input() {
        return input;
    }

    /// Shape of one result, without batch.
    public Shape output() {
        return output;
    }

    /// Where the model computes.
    public Device device() {
        return device;
    }

    /// Number of learned values.
    public long parameterCount() {
        return layer.parameterCount();
    }

    /// The layers with shapes, parameters and multiply-adds for one example.
    public Summary summary(String title) {
        return Summary.of(layer, batched(1), title);
    }

    /// The results for one example or several.
    ///
    /// @param examples row-major values of the examples, one after the other
    /// @return row-major results, one after the other
    /// @throws ShapeException if the values are not a whole number of examples
    public float[] predict(float[] examples) {
        if (examples.length == 0 || examples.length % input.size() != 0) {
            throw new ShapeException("predict: %d values are no whole number of examples %s of %d values each",
                    examples.length, input, input.size());
        }
        Shape shape = batched(Math.toIntExact(examples.length / input.size()));
        try (var _ = Scope.open("prediction")) {
            return run(NDArray.of(examples, shape, device)).toFloats();
        }
    }

    /// The results for a batch `[N, …]`, or for a single example without batch axis, whose result has none either.
    ///
    /// @return belongs to the caller's scope, or to the garbage collector if none is open
    public NDArray predict(NDArray examples) {
        boolean single = examples.shape().equals(input);
        if (!single && (examples.rank() != input.rank() + 1 || !examples.shape().without(0).equals(input)
                || examples.dim(0) == 0)) {
            throw new ShapeException("predict: examples %s must be %s or a batch [N, …] of such", examples.shape(),
                    input);
        }
        if (examples.dtype() != DType.FLOAT32) {
            throw new DTypeException("predict: examples must be float32, but are %s; use x.cast(DType.FLOAT32)",
                    examples);
        }
        try (var scope = Scope.open("prediction")) {
            NDArray x = single ? examples.reshape(batched(1).dims()) : examples;
            NDArray y = run(x.to(device));
            return scope.keep(single ? y.reshape(output.dims()) : y);
        }
    }

    private NDArray run(NDArray batch) {
        requireUnchanged();
        try (var _ = GradMode.off()) {
            return layer.apply(Var.of(batch)).value();
        }
    }

    private void requireUnchanged() {
        for (int i = 0; i < versions.length; i++) {
            NDArray now = i < parameters.size() ? parameters.get(i).value() : values.get(i);
            if (now != values.get(i) || now.storage().version() != versions[i] || layer.isTraining()) {
                throw new SextantException("predict: the layer behind this model was changed after Model.of took it "
                        + "over (%s); train a layer of its own and make a new model from it",
                        layer.isTraining()
                                ? "it is in training mode"
                                : "by " + now.storage().lastWriter());
            }
        }
    }

    private Shape batched(int n) {
        return batched(input, n);
    }

    private static Shape batched(Shape example, int n) {
        int[] dims = new int[example.rank() + 1];
        dims[0] = n;
        System.arraycopy(example.dims(), 0, dims, 1, example.rank());
        return Shape.of(dims);
    }
}
