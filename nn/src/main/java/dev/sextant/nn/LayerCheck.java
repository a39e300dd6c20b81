package dev.sextant.nn;

import dev.sextant.autograd.GradCheck;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import java.util.ArrayList;
import java.util.List;

/// [GradCheck] for a whole layer, one's own included: the gradients of the input and of every parameter against central
/// differences, in float64 on the device `ref`.
public final class LayerCheck {
    private static final long STREAM = 0x43484B4CL << 32;

    private LayerCheck() {
    }

    /// Checks a layer at random values, in the mode it is in (training, unless `eval()` was called).
    ///
    /// @param layer not yet initialised; afterwards it computes in float64 and is good for nothing else
    /// @param in    shape of the input, batch included
    /// @throws dev.sextant.engine.error.GraphException naming the input (0 is the layer's input, then its parameters in
    ///         order), the element and both numbers if some derivative is wrong
    public static GradCheck.Report check(Layer layer, Shape in, long seed) {
        layer.initialize(in, Device.ref(), seed);
        layer.visit("", (path, l) -> l.widenBuffers());
        List<Parameter> parameters = List.copyOf(layer.parameters().values());
        List<NDArray> inputs = new ArrayList<>();
        inputs.add(normal(in, seed, 0));
        for (Parameter p : parameters) {
            inputs.add(normal(p.shape(), seed, inputs.size()));
        }
        return GradCheck.check(v -> run(layer, parameters, seed, v), inputs.toArray(NDArray[]::new));
    }

    private static Var run(Layer layer, List<Parameter> parameters, long seed, Var... values) {
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).substitute(values[i + 1]);
        }
        // The same masks every time: only then is there one function to differentiate.
        Dropout.position(layer, seed, 0);
        return layer.apply(values[0]);
    }

    private static NDArray normal(Shape shape, long seed, int index) {
        return NDArray.of(Philox.normal(seed, STREAM + index, Math.toIntExact(shape.size()), 0, 1), shape,
                Device.ref());
    }
}
