package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.AdaptivePool2d;
import dev.sextant.nn.Linear;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// VGG (Simonyan, Zisserman, 2014, table 1): 3×3 convolutions only, in five stages that each end in a 2×2 max pool.
/// Convolutions have a bias even where a batch norm follows.
///
/// | stage  | channels | A: 11 | B: 13 | D: 16 | E: 19 | output    |
/// |--------|----------|-------|-------|-------|-------|-----------|
/// | 1      | 64       | 1     | 2     | 2     | 2     | 64×112×112 |
/// | 2      | 128      | 1     | 2     | 2     | 2     | 128×56×56 |
/// | 3      | 256      | 2     | 2     | 3     | 4     | 256×28×28 |
/// | 4      | 512      | 2     | 2     | 3     | 4     | 512×14×14 |
/// | 5      | 512      | 2     | 2     | 3     | 4     | 512×7×7   |
/// | head   | linear 4096; relu; dropout ½ (twice); linear |||| | classes |
public final class Vgg {
    /// Normal with He's deviation by fan-out for convolutions, normal(0, 0.01) for linear layers, biases 0.
    static final InitPolicy INIT = (layer, p) -> {
        if (p.name().equals("bias")) {
            return Init.constant(0);
        }
        return layer instanceof Linear ? Init.normal(0, 0.01) : Init.kaimingNormal(Math.sqrt(2), true);
    };

    private static final int[] CHANNELS = {64, 128, 256, 512, 512};

    private Vgg() {
    }

    /// @param depth number of layers with weights: 11, 13, 16 or 19
    public static Sequential create(int depth, boolean withBatchNorm, int classes) {
        return sequence()
                .add("features", features(convsPerStage(depth), withBatchNorm))
                .add("avgpool", AdaptivePool2d.avg(7))
                .add("flatten", flatten())
                .add("classifier", sequence(
                        linear(4096), relu(), dropout(0.5),
                        linear(4096), relu(), dropout(0.5),
                        linear(classes)));
    }

    private static int[] convsPerStage(int depth) {
        return switch (depth) {
            case 11 -> new int[] {1, 1, 2, 2, 2};
            case 13 -> new int[] {2, 2, 2, 2, 2};
            case 16 -> new int[] {2, 2, 3, 3, 3};
            case 19 -> new int[] {2, 2, 4, 4, 4};
            default -> throw new SextantException("vgg: depth must be 11, 13, 16 or 19, but is %d", depth);
        };
    }

    private static Sequential features(int[] convs, boolean withBatchNorm) {
        Sequential net = sequence();
        for (int stage = 0; stage < convs.length; stage++) {
            for (int i = 0; i < convs[stage]; i++) {
                net.add(conv(CHANNELS[stage], 3).pad(1));
                if (withBatchNorm) {
                    net.add(batchNorm());
                }
                net.add(relu());
            }
            net.add(maxPool(2));
        }
        return net;
    }
}
