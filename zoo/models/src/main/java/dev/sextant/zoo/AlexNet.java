package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;

/// AlexNet (Krizhevsky, Sutskever, Hinton, 2012) as the book writes it, on 1×224×224: 46,764,746 parameters with 10
/// classes, 92 % of them in the linear layers.
///
/// | layer                        | output   |
/// |------------------------------|----------|
/// | conv 11×11/4, 96, pad 1; relu | 96×54×54 |
/// | max pool 3×3/2               | 96×26×26 |
/// | conv 5×5, 256, pad 2; relu   | 256×26×26 |
/// | max pool 3×3/2               | 256×12×12 |
/// | conv 3×3, 384, pad 1; relu (twice) | 384×12×12 |
/// | conv 3×3, 256, pad 1; relu   | 256×12×12 |
/// | max pool 3×3/2               | 256×5×5  |
/// | linear 4096; relu; dropout ½ (twice) | 4096 |
/// | linear                       | classes  |
public final class AlexNet {
    private AlexNet() {
    }

    /// @param conv1Padding padding of the first convolution: the book's 1, or 0 as in some copies (same shapes)
    public static Sequential book(int classes, int conv1Padding) {
        return sequence(
                conv(96, 11).stride(4).pad(conv1Padding), relu(), maxPool(3, 2, 0),
                conv(256, 5).pad(2), relu(), maxPool(3, 2, 0),
                conv(384, 3).pad(1), relu(),
                conv(384, 3).pad(1), relu(),
                conv(256, 3).pad(1), relu(), maxPool(3, 2, 0),
                flatten(),
                linear(4096), relu(), dropout(0.5),
                linear(4096), relu(), dropout(0.5),
                linear(classes));
    }
}
