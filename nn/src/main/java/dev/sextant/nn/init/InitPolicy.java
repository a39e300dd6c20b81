package dev.sextant.nn.init;

import dev.sextant.nn.Layer;
import dev.sextant.nn.Parameter;

/// Chooses how to fill the parameters whose layers leave it open.
@FunctionalInterface
public interface InitPolicy {
    /// The initialiser for one parameter of a layer.
    Init choose(Layer layer, Parameter parameter);

    /// PyTorch's default for linear layers and convolutions: weights and biases uniform in `±1/√fan-in`, where a
    /// bias has the fan-in of its weight.
    InitPolicy PYTORCH = (layer, parameter) -> {
        double bound = 1 / Math.sqrt(Init.fanIn(layer.parameter("weight").shape()));
        return Init.uniform(-bound, bound);
    };

    /// The book's: Xavier-uniform weights; biases keep PyTorch's default.
    InitPolicy XAVIER = (layer, parameter) -> parameter.name().equals("weight") ? Init.xavierUniform()
            : PYTORCH.choose(layer, parameter);
}
