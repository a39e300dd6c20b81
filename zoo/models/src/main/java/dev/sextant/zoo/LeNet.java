package dev.sextant.zoo;

import static dev.sextant.nn.Layers.avgPool;
import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sigmoid;

import dev.sextant.nn.Pool2d;
import dev.sextant.nn.Sequential;

/// LeNet as the book writes it (d2l.ai, chapter "Convolutional Neural Networks"): 61,706 parameters on 1×28×28.
///
/// | layer                      | output   |
/// |----------------------------|----------|
/// | conv 5×5, 6, pad 2; sigmoid | 6×28×28  |
/// | average pool 2×2           | 6×14×14  |
/// | conv 5×5, 16; sigmoid      | 16×10×10 |
/// | average pool 2×2           | 16×5×5   |
/// | linear 120; sigmoid        | 120      |
/// | linear 84; sigmoid         | 84       |
/// | linear                     | classes  |
///
/// The original of 1998 is [LeNet5].
public final class LeNet {
    private LeNet() {
    }

    public static Sequential create(int classes) {
        return sequence(
                conv(6, 5).pad(2), sigmoid(), avgPool(2),
                conv(16, 5), sigmoid(), avgPool(2),
                flatten(),
                linear(120), sigmoid(),
                linear(84), sigmoid(),
                linear(classes));
    }

    /// A variant found in course notes: no activation between the second convolution and its pooling.
    public static Sequential withoutSecondSigmoid(int classes) {
        return sequence(
                conv(6, 5).pad(2), sigmoid(), avgPool(2),
                conv(16, 5), avgPool(2),
                flatten(),
                linear(120), sigmoid(),
                linear(84), sigmoid(),
                linear(classes));
    }

    /// Another: max pooling and no padding, 44,426 parameters.
    public static Sequential maxPooled(int classes) {
        return sequence(
                conv(6, 5), sigmoid(), maxPool(2),
                conv(16, 5), sigmoid(), maxPool(2),
                flatten(),
                linear(120), sigmoid(),
                linear(84), sigmoid(),
                linear(classes));
    }

    /// With batch norm before every activation and no padding (book, section "Batch Normalization"): 44,878
    /// parameters.
    ///
    /// @param max whether to pool by maximum instead of average
    public static Sequential withBatchNorm(int classes, boolean max) {
        return sequence(
                conv(6, 5), batchNorm(), sigmoid(), pool(max),
                conv(16, 5), batchNorm(), sigmoid(), pool(max),
                flatten(),
                linear(120), batchNorm(), sigmoid(),
                linear(84), batchNorm(), sigmoid(),
                linear(classes));
    }

    private static Pool2d pool(boolean max) {
        return max ? maxPool(2) : avgPool(2);
    }
}
