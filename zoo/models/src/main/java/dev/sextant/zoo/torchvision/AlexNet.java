package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.AdaptivePool2d;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.init.InitPolicy;

/// AlexNet in one tower (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014): fewer
/// filters than in 2012, no local response norm. 61,100,840 parameters.
///
/// | layer                               | output    |
/// |-------------------------------------|-----------|
/// | conv 11×11/4, 64, pad 2; relu       | 64×55×55  |
/// | max pool 3×3/2                      | 64×27×27  |
/// | conv 5×5, 192, pad 2; relu          | 192×27×27 |
/// | max pool 3×3/2                      | 192×13×13 |
/// | conv 3×3, 384, pad 1; relu          | 384×13×13 |
/// | conv 3×3, 256, pad 1; relu (twice)  | 256×13×13 |
/// | max pool 3×3/2; average pool to 6×6 | 256×6×6   |
/// | dropout ½; linear 4096; relu (twice) | 4096     |
/// | linear                              | classes   |
public final class AlexNet {
    /// PyTorch's defaults.
    static final InitPolicy INIT = InitPolicy.PYTORCH;

    private AlexNet() {
    }

    public static Sequential create(int classes) {
        return sequence()
                .add("features", sequence(
                        conv(64, 11).stride(4).pad(2), relu(), maxPool(3, 2, 0),
                        conv(192, 5).pad(2), relu(), maxPool(3, 2, 0),
                        conv(384, 3).pad(1), relu(),
                        conv(256, 3).pad(1), relu(),
                        conv(256, 3).pad(1), relu(), maxPool(3, 2, 0)))
                .add("avgpool", AdaptivePool2d.avg(6))
                .add("flatten", flatten())
                .add("classifier", sequence(
                        dropout(0.5), linear(4096), relu(),
                        dropout(0.5), linear(4096), relu(),
                        linear(classes)));
    }
}
