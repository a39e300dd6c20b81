package dev.sextant.zoo;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Walk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Checks a network somebody wrote against the zoo's: which layer is the first that differs, and what it should be.
/// Circulating copies of the classic networks contain a handful of mistakes again and again; counts and shapes find
/// most of them without running anything.
public final class ZooCheck {
    private ZooCheck() {
    }

    /// What is wrong with one layer.
    ///
    /// @param layer    its name in the checked model; in the reference where the model lacks it
    /// @param what     what was compared, for example `output`
    /// @param actual   what the model has
    /// @param expected what the reference has
    public record Difference(String layer, String what, String actual, String expected) {
        @Override
        public String toString() {
            return "layer " + layer + ": " + what + " is " + actual + ", but must be " + expected;
        }
    }

    /// A layer without children, as the walk met it.
    private record Leaf(String path, String type, Map<String, Shape> parameters, Map<String, Double> buffers,
            Shape output) {
        String describe() {
            return String.format(Locale.ROOT, "%s%s -> %s", type, parameters.isEmpty() ? "" : " " + parameters, output);
        }
    }

    /// Compares types, parameter shapes, output shapes and initial buffers, layer by layer in the order they run. Layers
    /// are paired by name; where the two models share no names, by position.
    ///
    /// @param model     as written, not trained; its parameters are declared if they were not
    /// @param reference from the zoo, for example `Zoo.book("nin", "book")`
    /// @return the first difference, or nothing if the two agree
    public static Optional<Difference> check(Layer model, Network reference) {
        Shape input = reference.inputShape(2);
        Map<String, Leaf> actual = new LinkedHashMap<>();
        Map<String, Leaf> expected = new LinkedHashMap<>();
        collect(reference.model(), input, expected);

        Optional<Failure> failure = collect(model, input, actual);
        boolean byName = actual.keySet().stream().anyMatch(expected::containsKey);
        Optional<Difference> first = byName ? byName(actual, expected) : byPosition(actual, expected);
        // Behind a failure every layer is missing; only a difference before it can be its cause.
        if (failure.isEmpty() || first.isPresent() && !first.get().actual.equals("missing")) {
            return first;
        }
        Failure f = failure.get();
        return Optional.of(first.isPresent() && first.get().layer.startsWith(f.path + ".")
                ? new Difference(first.get().layer, "the layer", "missing, and so " + f.message, first.get().expected)
                : new Difference(f.path + " (" + f.type + ")", "the walk of shapes", f.message,
                        "without a shape error"));
    }

    /// Where a walk of shapes ended early: the innermost layer that did not fit.
    private record Failure(String path, String type, String message) {
    }

    private static Optional<Difference> byName(Map<String, Leaf> actual, Map<String, Leaf> expected) {
        for (Leaf wanted : expected.values()) {
            Leaf found = actual.get(wanted.path);
            Optional<Difference> difference = found == null
                    ? Optional.of(new Difference(wanted.path, "the layer", "missing", wanted.describe()))
                    : compare(found, wanted);
            if (difference.isPresent()) {
                return difference;
            }
        }
        return actual.values().stream().filter(a -> !expected.containsKey(a.path)).findFirst()
                .map(a -> new Difference(a.path, "the layer", a.describe(), "absent"));
    }

    private static Optional<Difference> byPosition(Map<String, Leaf> actual, Map<String, Leaf> expected) {
        List<Leaf> have = List.copyOf(actual.values());
        List<Leaf> want = List.copyOf(expected.values());
        for (int i = 0; i < Math.min(have.size(), want.size()); i++) {
            Optional<Difference> difference = compare(have.get(i), want.get(i));
            if (difference.isPresent()) {
                return difference;
            }
        }
        if (have.size() < want.size()) {
            Leaf next = want.get(have.size());
            return Optional.of(new Difference(next.path, "the layer", "missing", next.describe()));
        }
        return have.size() == want.size() ? Optional.empty()
                : Optional.of(new Difference(
                        have.get(want.size()).path, "the layer", have.get(want.size()).describe(), "absent"));
    }

    private static Optional<Difference> compare(Leaf have, Leaf want) {
        if (!have.type.equals(want.type)) {
            return difference(have, "the type", have.describe(), want.describe());
        }
        if (!have.parameters.equals(want.parameters)) {
            return difference(have, "its parameters' shape", have.parameters, want.parameters);
        }
        if (!have.output.equals(want.output)) {
            return difference(have, "its output", have.output, want.output);
        }
        for (var buffer : want.buffers.entrySet()) {
            Double value = have.buffers.get(buffer.getKey());
            if (!buffer.getValue().equals(value)) {
                return difference(have, "the initial value of " + buffer.getKey(), value, buffer.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<Difference> difference(Leaf at, String what, Object actual, Object expected) {
        return Optional.of(new Difference(at.path + " (" + at.type + ")", what, String.valueOf(actual),
                String.valueOf(expected)));
    }

    private static Optional<Failure> collect(Layer model, Shape input, Map<String, Leaf> leaves) {
        Map<Layer, String> paths = new IdentityHashMap<>();
        model.visit("", (path, layer) -> paths.put(layer, path));
        Deque<Layer> inside = new ArrayDeque<>();
        try {
            // Declares and compares in one walk, so that a model that fails half-way is compared up to there.
            model.walk(input, new Walk() {
                @Override
                public void enter(Layer layer, Shape in) {
                    inside.push(layer);
                    if (layer.children().isEmpty()) {
                        layer.declare(in);
                    }
                }

                @Override
                public void leave(Layer layer, Shape in, Shape out) {
                    inside.pop();
                    String path = paths.get(layer);
                    if (path != null && layer.children().isEmpty()) {
                        Map<String, Shape> parameters = new LinkedHashMap<>();
                        layer.ownParameters().forEach((name, p) -> parameters.put(name, p.shape()));
                        leaves.put(path, new Leaf(path, layer.typeName(), parameters, firstValues(layer), out));
                    }
                }
            });
            return Optional.empty();
        } catch (ShapeException e) {
            Layer failed = inside.peek();
            return Optional.of(new Failure(paths.getOrDefault(failed, ""), failed.typeName(), e.getMessage()));
        }
    }

    /// The first element of every buffer: they start with the same value everywhere.
    private static Map<String, Double> firstValues(Layer layer) {
        Map<String, Double> values = new TreeMap<>();
        for (String name : layer.stateShapes().keySet()) {
            NDArray buffer = layer.buffer(name);
            if (buffer != null && buffer.size() > 0) {
                values.put(name, buffer.dtype() == DType.INT32 ? buffer.toInts()[0] : (double) buffer.toFloats()[0]);
            }
        }
        return values;
    }
}
