package dev.sextant.zoo.paper;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// ResNet-18 with pre-activation (He, Zhang, Ren, Sun: "Identity Mappings in Deep Residual Networks", 2016): batch
/// norm and relu come before each convolution, so that nothing stands on the path from block to block.
/// 11,687,720 parameters with 1000 classes.
///
/// | stage  | layers                                       | output   |
/// |--------|----------------------------------------------|----------|
/// | stem   | conv 7×7/2, 64; bn; relu; max pool 3×3/2     | 64×56×56 |
/// | layer1 | 2 blocks of 64                               | 64×56×56 |
/// | layer2 | 2 blocks of 128, stride 2                    | 128×28×28 |
/// | layer3 | 2 blocks of 256, stride 2                    | 256×14×14 |
/// | layer4 | 2 blocks of 512, stride 2                    | 512×7×7  |
/// | head   | bn; relu; global average pool; linear        | classes  |
public final class PreActResNet {
    /// Normal with He's deviation by fan-out for convolutions; the linear layer keeps PyTorch's default.
    static final InitPolicy INIT = (layer, p) -> p.shape().rank() == 4 ? Init.kaimingNormal(Math.sqrt(2), true)
            : InitPolicy.PYTORCH.choose(layer, p);

    private PreActResNet() {
    }

    public static Sequential create18(int classes) {
        return sequence()
                .add("conv1", conv(64, 7).stride(2).pad(3).noBias())
                .add("bn1", batchNorm())
                .add("relu1", relu())
                .add("maxpool", maxPool(3, 2, 1))
                // The stem has activated already, so the first block does not (appendix of the paper).
                .add("layer1", sequence(new Block(64, 1, false, false), new Block(64, 1, true, false)))
                .add("layer2", sequence(new Block(128, 2, true, true), new Block(128, 1, true, false)))
                .add("layer3", sequence(new Block(256, 2, true, true), new Block(256, 1, true, false)))
                .add("layer4", sequence(new Block(512, 2, true, true), new Block(512, 1, true, false)))
                .add("bn2", batchNorm())
                .add("relu2", relu())
                .add("avgpool", globalAvgPool())
                .add("flatten", flatten())
                .add("fc", linear(classes));
    }

    /// `x + conv2(relu(bn2(conv1(a))))` with `a = relu(bn1(x))`; where the shape changes, the shortcut is a 1×1
    /// convolution of `a` instead of `x`.
    public static final class Block extends Layer {
        private final Layer[] activation;
        private final Layer[] body;
        private final Layer shortcut;

        Block(int channels, int stride, boolean activates, boolean changesShape) {
            activation = activates ? new Layer[] {child("bn1", batchNorm()), child("relu1", relu())} : new Layer[0];
            body = new Layer[] {
                child("conv1", conv(channels, 3).stride(stride).pad(1).noBias()),
                child("bn2", batchNorm()),
                child("relu2", relu()),
                child("conv2", conv(channels, 3).pad(1).noBias())};
            shortcut = changesShape ? child("shortcut", conv(channels, 1).stride(stride).noBias()) : null;
        }

        @Override
        public Var forward(Var x) {
            Var a = Sequential.chain(x, activation);
            return Arithmetic.add(shortcut == null ? x : shortcut.apply(a), Sequential.chain(a, body));
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            Shape a = Sequential.chain(in, walk, activation);
            if (shortcut != null) {
                shortcut.walk(a, walk);
            }
            return Sequential.chain(a, walk, body);
        }
    }
}
