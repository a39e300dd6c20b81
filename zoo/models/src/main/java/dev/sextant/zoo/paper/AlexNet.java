package dev.sextant.zoo.paper;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.nn.Conv2d;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Linear;
import dev.sextant.nn.LocalResponseNorm;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// AlexNet (Krizhevsky, Sutskever, Hinton, 2012, figure 2) on 3×227×227: 60,965,224 parameters.
///
/// The paper's two GPUs are two groups of channels: convolutions 2, 4 and 5 see only the maps of their own half.
///
/// | layer                                        | output    |
/// |----------------------------------------------|-----------|
/// | conv 11×11/4, 96; relu; response norm        | 96×55×55  |
/// | max pool 3×3/2                               | 96×27×27  |
/// | conv 5×5, 256, two towers; relu; response norm | 256×27×27 |
/// | max pool 3×3/2                               | 256×13×13 |
/// | conv 3×3, 384; relu                          | 384×13×13 |
/// | conv 3×3, 384, two towers; relu              | 384×13×13 |
/// | conv 3×3, 256, two towers; relu              | 256×13×13 |
/// | max pool 3×3/2                               | 256×6×6   |
/// | linear 4096; relu; dropout ½ (twice)         | 4096      |
/// | linear                                       | classes   |
///
/// The paper prints 224 as the image's side, but its own 55×55 maps follow from 227.
public final class AlexNet {
    /// §5: weights normal(0, 0.01); biases 0, but 1 in [#ones] layers.
    static final InitPolicy INIT = (layer, p) -> p.name().equals("weight") ? Init.normal(0, 0.01) : Init.constant(0);

    private static final int TOWERS = 2;

    private AlexNet() {
    }

    public static Sequential create(int classes) {
        return sequence()
                .add("features", sequence(
                        conv(96, 11).stride(4), relu(), responseNorm(), maxPool(3, 2, 0),
                        ones(conv(256, 5).pad(2).groups(TOWERS)), relu(), responseNorm(), maxPool(3, 2, 0),
                        conv(384, 3).pad(1), relu(),
                        ones(conv(384, 3).pad(1).groups(TOWERS)), relu(),
                        ones(conv(256, 3).pad(1).groups(TOWERS)), relu(), maxPool(3, 2, 0)))
                .add("flatten", flatten())
                .add("classifier", sequence(
                        ones(linear(4096)), relu(), dropout(0.5),
                        ones(linear(4096)), relu(), dropout(0.5),
                        linear(classes)));
    }

    /// §3.3: `n = 5`, `k = 2`, `α = 10⁻⁴`, `β = 0.75`. The paper's sum is not divided by `n`; the spec's is.
    private static Layer responseNorm() {
        int n = 5;
        return new LocalResponseNorm(new LocalResponseNormSpec(n, n * 1e-4, 0.75, 2));
    }

    /// Biases start at 1, so that the relu behind sees positive inputs from the first step (§5).
    private static Conv2d ones(Conv2d conv) {
        return conv.init(null, Init.constant(1));
    }

    private static Linear ones(Linear linear) {
        return linear.init(null, Init.constant(1));
    }
}
