package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.avgPool;
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
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// DenseNet-BC (Huang, Liu, van der Maaten, Weinberger, 2016, table 1): inside a block every layer reads the outputs
/// of all layers before it.
///
/// | stage        | layers                              | 121 | 161 | 169 | 201 | output |
/// |--------------|-------------------------------------|-----|-----|-----|-----|--------|
/// | stem         | conv 7×7/2; bn; relu; max pool 3×3/2 | 64 | 96  | 64  | 64 channels | 56×56 |
/// | denseblock1  | dense layers                        | 6   | 6   | 6   | 6   | 56×56  |
/// | transition1  | bn; relu; conv 1×1 to half; average pool 2×2 | | |   |     | 28×28  |
/// | denseblock2  | dense layers                        | 12  | 12  | 12  | 12  | 28×28  |
/// | transition2  | as above                            |     |     |     |     | 14×14  |
/// | denseblock3  | dense layers                        | 24  | 36  | 32  | 48  | 14×14  |
/// | transition3  | as above                            |     |     |     |     | 7×7    |
/// | denseblock4  | dense layers                        | 16  | 24  | 32  | 32  | 7×7    |
/// | head         | bn; relu; global average pool; linear |   |     |     |     | classes |
///
/// Each dense layer adds 32 channels, 48 in DenseNet-161.
public final class DenseNet {
    /// Normal with He's deviation by fan-in for convolutions; the linear layer keeps PyTorch's default with bias 0.
    static final InitPolicy INIT = (layer, p) -> {
        if (p.name().equals("bias")) {
            return Init.constant(0);
        }
        return p.shape().rank() == 4 ? Init.kaimingNormal(Math.sqrt(2), false) : InitPolicy.PYTORCH.choose(layer, p);
    };

    /// Channels between a dense layer's two convolutions, per channel it adds.
    private static final int BOTTLENECK = 4;

    private DenseNet() {
    }

    /// @param stem   channels of the stem
    /// @param growth channels that every dense layer adds
    /// @param blocks dense layers of each block
    public static Sequential create(int stem, int growth, int[] blocks, int classes) {
        Sequential features = sequence()
                .add("conv0", conv(stem, 7).stride(2).pad(3).noBias())
                .add("norm0", batchNorm())
                .add("relu0", relu())
                .add("pool0", maxPool(3, 2, 1));
        int channels = stem;
        for (int i = 1; i <= blocks.length; i++) {
            features.add("denseblock" + i, new DenseBlock(blocks[i - 1], growth));
            channels += blocks[i - 1] * growth;
            if (i < blocks.length) {
                channels /= 2;
                features.add("transition" + i, transition(channels));
            }
        }
        features.add("norm5", batchNorm());
        return sequence()
                .add("features", features)
                .add("relu", relu())
                .add("avgpool", globalAvgPool())
                .add("flatten", flatten())
                .add("classifier", linear(classes));
    }

    /// `x ← [x, layer(x)]`, layer after layer.
    public static final class DenseBlock extends Layer {
        private final int growth;

        DenseBlock(int layers, int growth) {
            this.growth = growth;
            for (int i = 1; i <= layers; i++) {
                child("denselayer" + i, denseLayer(growth));
            }
        }

        @Override
        public Var forward(Var x) {
            return dev.sextant.zoo.DenseBlock.grow(x, growth, children().values());
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return dev.sextant.zoo.DenseBlock.grow(in, walk, children().values());
        }
    }

    /// Batch norm and relu before each convolution: 1×1 to four times the growth, then 3×3.
    private static Sequential denseLayer(int growth) {
        return sequence().as("DenseLayer")
                .add("norm1", batchNorm())
                .add("relu1", relu())
                .add("conv1", conv(BOTTLENECK * growth, 1).noBias())
                .add("norm2", batchNorm())
                .add("relu2", relu())
                .add("conv2", conv(growth, 3).pad(1).noBias());
    }

    /// Half the channels, a quarter of the pixels.
    private static Sequential transition(int channels) {
        return sequence().as("Transition")
                .add("norm", batchNorm())
                .add("relu", relu())
                .add("conv", conv(channels, 1).noBias())
                .add("pool", avgPool(2));
    }
}
