package dev.sextant.zoo;

import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Linear;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.init.Init;

/// Multilayer perceptrons (d2l.ai, chapter "Multilayer Perceptrons"): weights normal(0, 0.01).
public final class Mlp {
    private Mlp() {
    }

    /// One hidden layer of 256 units. On 28×28 images with 10 classes: 203,530 parameters.
    public static Sequential create(int classes) {
        return sequence(flatten(), dense(256), relu(), dense(classes));
    }

    /// Two hidden layers of 256 units, with dropout 0.2 after the first and 0.5 after the second.
    public static Sequential withDropout(int classes) {
        return sequence(flatten(),
                dense(256), relu(), dropout(0.2),
                dense(256), relu(), dropout(0.5),
                dense(classes));
    }

    private static Linear dense(int out) {
        return linear(out).init(Init.normal(0, 0.01), null);
    }
}
