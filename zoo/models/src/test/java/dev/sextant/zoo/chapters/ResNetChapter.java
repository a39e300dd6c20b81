package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Residual Networks (ResNet)".
final class ResNetChapter {

    /// `relu(body(x) + x)`, or with a 1×1 convolution on the shortcut where the shape changes.
    static Layer residual(int channels, boolean use1x1, int stride) {
        var body = sequence(
                conv(channels, 3).pad(1).stride(stride), batchNorm(), relu(),
                conv(channels, 3).pad(1), batchNorm());
        return sequence(use1x1 ? sum(body, conv(channels, 1).stride(stride)) : sum(body, identity()), relu());
    }

    static Layer stage(int channels, int blocks, boolean first) {
        Sequential stage = sequence();
        for (int i = 0; i < blocks; i++) {
            boolean halves = i == 0 && !first;
            stage.add(residual(channels, halves, halves ? 2 : 1));
        }
        return stage;
    }

    static Layer net() {
        return sequence(
                sequence(conv(64, 7).stride(2).pad(3), batchNorm(), relu(), maxPool(3, 2, 1)),
                stage(64, 2, true), stage(128, 2, false), stage(256, 2, false), stage(512, 2, false),
                globalAvgPool(), flatten(), linear(10));
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 96, 256, 0.05, 10);
    }
}
