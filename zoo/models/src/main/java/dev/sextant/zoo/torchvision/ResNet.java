package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// ResNet (He, Zhang, Ren, Sun, 2015, table 1) and Wide ResNet (Zagoruyko, Komodakis, 2016). Convolutions have no
/// bias; a batch norm follows each.
///
/// | stage  | layers                          | 18 | 34 | 50 | 101 | 152 | output  |
/// |--------|---------------------------------|----|----|----|-----|-----|---------|
/// | stem   | conv 7×7/2, 64; max pool 3×3/2  |    |    |    |     |     | 64×56×56 |
/// | layer1 | blocks of 64 channels           | 2  | 3  | 3  | 3   | 3   | 56×56   |
/// | layer2 | blocks of 128, stride 2         | 2  | 4  | 4  | 4   | 8   | 28×28   |
/// | layer3 | blocks of 256, stride 2         | 2  | 6  | 6  | 23  | 36  | 14×14   |
/// | layer4 | blocks of 512, stride 2         | 2  | 3  | 3  | 3   | 3   | 7×7     |
/// | head   | global average pool; linear     |    |    |    |     |     | classes |
///
/// 18 and 34 use [BasicBlock], the others [Bottleneck], which ends in four times the channels.
///
/// Departures from the paper: the bottleneck's stride is on its 3×3 convolution ("v1.5"), and shortcuts that change
/// shape are 1×1 convolutions (the paper's option B).
public final class ResNet {
    /// Normal with He's deviation by fan-out for convolutions; the linear layer keeps PyTorch's default.
    static final InitPolicy INIT = (layer, p) -> p.shape().rank() == 4 ? Init.kaimingNormal(Math.sqrt(2), true)
            : InitPolicy.PYTORCH.choose(layer, p);

    /// Channels out of a bottleneck per channel of its stage.
    private static final int EXPANSION = 4;

    private ResNet() {
    }

    /// ResNet-18 or -34.
    ///
    /// @param blocks blocks of each of the four stages
    public static Sequential basic(int[] blocks, int classes) {
        return network(blocks, 1, 1, classes);
    }

    /// ResNet-50, -101 or -152, or a wide one.
    ///
    /// @param blocks blocks of each of the four stages
    /// @param widen  factor of the channels inside the bottleneck: 1, or 2 for wide-resnet50-2
    public static Sequential bottleneck(int[] blocks, int widen, int classes) {
        return network(blocks, EXPANSION, widen, classes);
    }

    private static Sequential network(int[] blocks, int expansion, int widen, int classes) {
        Sequential net = sequence()
                .add("conv1", conv(64, 7).stride(2).pad(3).noBias())
                .add("bn1", batchNorm())
                .add("relu", relu())
                .add("maxpool", maxPool(3, 2, 1));
        int in = 64;
        for (int i = 0; i < blocks.length; i++) {
            int channels = 64 << i;
            net.add("layer" + (i + 1), stage(in, channels, blocks[i], i == 0 ? 1 : 2, expansion, widen));
            in = channels * expansion;
        }
        return net.add("avgpool", globalAvgPool()).add("flatten", flatten()).add("fc", linear(classes));
    }

    private static Sequential stage(int in, int channels, int blocks, int stride, int expansion, int widen) {
        Sequential stage = sequence();
        int out = channels * expansion;
        for (int i = 0; i < blocks; i++) {
            int step = i == 0 ? stride : 1;
            Layer shortcut = step == 1 && in == out ? null
                    : sequence(conv(out, 1).stride(step).noBias(), batchNorm());
            stage.add(expansion == 1 ? new BasicBlock(channels, step, shortcut)
                    : new Bottleneck(channels, channels * widen, step, shortcut));
            in = out;
        }
        return stage;
    }

    /// `relu(F(x) + shortcut(x))`, the paper's equations 1 and 2.
    abstract static class Block extends Layer {
        private Layer[] body;
        private Layer relu;
        private Layer shortcut;

        /// @param side the shortcut's layers, or null for the identity
        /// @param body ends with a batch norm, before the sum
        final void connect(Layer relu, Layer side, Layer... body) {
            this.relu = relu;
            this.body = body;
            shortcut = side == null ? null : child("downsample", side);
        }

        @Override
        public final Var forward(Var x) {
            return Sequential.residual(x, shortcut, relu, body);
        }

        @Override
        protected final Shape outputShape(Shape in, Walk walk) {
            Shape y = Sequential.chain(in, walk, body);
            Shape side = shortcut == null ? in : shortcut.walk(in, walk);
            if (!y.equals(side)) {
                throw new ShapeException("%s: the body gives %s but the shortcut %s, and they are added; a block that "
                        + "changes channels or stride needs a 1×1 convolution on its shortcut", typeName(), y, side);
            }
            return relu.walk(y, walk);
        }
    }

    /// Two 3×3 convolutions.
    public static final class BasicBlock extends Block {
        BasicBlock(int channels, int stride, Layer shortcut) {
            Layer conv1 = child("conv1", conv(channels, 3).stride(stride).pad(1).noBias());
            Layer bn1 = child("bn1", batchNorm());
            Layer relu = child("relu", relu());
            Layer conv2 = child("conv2", conv(channels, 3).pad(1).noBias());
            BatchNorm bn2 = child("bn2", batchNorm());
            connect(relu, shortcut, conv1, bn1, relu, conv2, bn2);
        }
    }

    /// 1×1 to few channels, 3×3 among them, 1×1 to four times the stage's channels.
    public static final class Bottleneck extends Block {
        Bottleneck(int channels, int width, int stride, Layer shortcut) {
            Layer conv1 = child("conv1", conv(width, 1).noBias());
            Layer bn1 = child("bn1", batchNorm());
            Layer conv2 = child("conv2", conv(width, 3).stride(stride).pad(1).noBias());
            Layer bn2 = child("bn2", batchNorm());
            Layer conv3 = child("conv3", conv(channels * EXPANSION, 1).noBias());
            BatchNorm bn3 = child("bn3", batchNorm());
            Layer relu = child("relu", relu());
            connect(relu, shortcut, conv1, bn1, relu, conv2, bn2, relu, conv3, bn3);
        }
    }
}
