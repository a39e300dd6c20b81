package dev.sextant.zoo;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;

/// ResNet-18 (He, Zhang, Ren, Sun, 2015) as the book writes it, on 1×96×96: 11,178,378 parameters with 10 classes.
/// Convolutions have biases, and the shortcuts' 1×1 convolutions no batch norm.
///
/// | stage | layers                                | output   |
/// |-------|---------------------------------------|----------|
/// | stem  | conv 7×7/2, 64; bn; relu; max pool 3×3/2 | 64×24×24 |
/// | 1     | 2 residual blocks, 64                 | 64×24×24 |
/// | 2     | 2 residual blocks, 128, stride 2      | 128×12×12 |
/// | 3     | 2 residual blocks, 256, stride 2      | 256×6×6  |
/// | 4     | 2 residual blocks, 512, stride 2      | 512×3×3  |
/// | head  | global average pool, linear           | classes  |
public final class ResNet {
    private ResNet() {
    }

    public static Sequential book18(int classes) {
        return sequence(
                sequence(conv(64, 7).stride(2).pad(3), batchNorm(), relu(), maxPool(3, 2, 1)),
                sequence(new Residual(64, false, 1), new Residual(64, false, 1)),
                stage(128), stage(256), stage(512),
                globalAvgPool(), flatten(), linear(classes));
    }

    private static Sequential stage(int channels) {
        return sequence(new Residual(channels, true, 2), new Residual(channels, false, 1));
    }
}
