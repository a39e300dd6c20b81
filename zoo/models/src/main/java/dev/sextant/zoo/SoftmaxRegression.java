package dev.sextant.zoo;

import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;
import dev.sextant.nn.init.Init;

/// Softmax regression: one linear layer from pixels to logits, weights normal(0, 0.01), biases 0. On 28×28 images
/// with 10 classes: 7,850 parameters. (d2l.ai, chapter "Linear Neural Networks".)
public final class SoftmaxRegression {
    private SoftmaxRegression() {
    }

    public static Sequential create(int classes) {
        return sequence(flatten(), linear(classes).init(Init.normal(0, 0.01), Init.constant(0)));
    }
}
