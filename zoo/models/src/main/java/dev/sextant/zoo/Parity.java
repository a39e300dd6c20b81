package dev.sextant.zoo;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs an input through a model and compares every layer's output with stored ones, from PyTorch for example: the first
/// layer that differs is where the two implementations part.
public final class Parity {
    private Parity() {
    }

    /// Where two runs part.
    ///
    /// @param layer   the first layer whose output differs; all that ran before it agree
    /// @param error   largest difference as a share of the largest stored value; NaN if the shapes differ
    /// @param actual  shape of the model's output
    /// @param stored  shape of the stored output
    /// @param cause   what it usually is with this kind of layer
    public record Difference(String layer, double error, Shape actual, Shape stored, String cause) {
        @Override
        public String toString() {
            return "layer " + layer + " is the first that differs: " + (Double.isNaN(error)
                    ? "its output is " + actual + ", stored is " + stored
                    : "by " + error + " of the largest value") + "; likely cause: " + cause;
        }
    }

    /// The outputs of all layers without children, by name, in the order they run. A layer that runs several times is
    /// there with its last output.
    ///
    /// @param model initialised; put it into evaluation mode first unless training is what is compared
    public static Map<String, NDArray> record(Layer model, NDArray input) {
        Map<String, NDArray> outputs = new LinkedHashMap<>();
        List<Layer.HookHandle> handles = new ArrayList<>();
        try (var _ = GradMode.off()) {
            model.visit("", (path, layer) -> {
                if (layer.children().isEmpty()) {
                    handles.add(layer.onForward((l, in, out) -> outputs.put(path, out.value())));
                }
            });
            model.apply(Var.of(input));
        } finally {
            handles.forEach(Layer.HookHandle::close);
        }
        return outputs;
    }

    /// Runs the input and looks for the first layer whose output differs. Layers that are not stored are passed over.
    ///
    /// @param stored    outputs by layer name
    /// @param tolerance largest difference that counts as equal, as a share of the layer's largest stored value
    public static Optional<Difference> compare(Layer model, NDArray input, Map<String, NDArray> stored,
            double tolerance) {
        return firstDifference(model, record(model, input), stored, tolerance);
    }

    /// As [#compare], of outputs that [#record] took.
    public static Optional<Difference> firstDifference(Layer model, Map<String, NDArray> recorded,
            Map<String, NDArray> stored, double tolerance) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        model.visit("", layers::put);
        for (var e : recorded.entrySet()) {
            NDArray wanted = stored.get(e.getKey());
            if (wanted == null) {
                continue;
            }
            NDArray actual = e.getValue();
            boolean sameShape = actual.shape().equals(wanted.shape());
            double error = sameShape ? error(actual.toFloats(), wanted.toFloats()) : Double.NaN;
            if (!(error <= tolerance)) {
                String type = layers.get(e.getKey()).typeName();
                return Optional.of(new Difference(e.getKey() + " (" + type + ")", error, actual.shape(),
                        wanted.shape(), cause(type, sameShape)));
            }
        }
        return Optional.empty();
    }

    /// Infinite where one of the two is no number.
    private static double error(float[] actual, float[] wanted) {
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < wanted.length; i++) {
            double difference = Math.abs((double) actual[i] - wanted[i]);
            worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        return worst == 0 ? 0 : worst / largest;
    }

    private static String cause(String type, boolean sameShape) {
        return switch (type) {
            case "Conv2d" -> sameShape ? "other weights, padding or groups, or a flipped kernel"
                    : "the stride stands on another convolution of the block, or the padding differs";
            case "MaxPool2d", "AvgPool2d" -> sameShape ? "padding, or whether an average counts it"
                    : "rounding of the output's extent (ceil mode), kernel or stride";
            case "BatchNorm2d", "BatchNorm1d" -> "eps (1e-5 or 1e-3), other running statistics, or the wrong mode: "
                    + "evaluation uses the running statistics";
            case "Dropout" -> "training mode: in evaluation, dropout does nothing";
            case "Linear" -> "other weights, or the order in which the image was flattened";
            default -> sameShape ? "another function, or inputs that were joined in another order"
                    : "inputs of another shape";
        };
    }
}
