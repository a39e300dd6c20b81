package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Activation;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Linear;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// MobileNet v2 (Sandler, Howard, Zhu, Zhmoginov, Chen, 2018, table 2): 3,504,872 parameters, 300,774,272
/// multiply-adds.
///
/// | layers                  | t | c    | n | s | output    |
/// |-------------------------|---|------|---|---|-----------|
/// | conv 3×3/2              |   | 32   | 1 | 2 | 32×112×112 |
/// | inverted residual       | 1 | 16   | 1 | 1 | 16×112×112 |
/// | inverted residual       | 6 | 24   | 2 | 2 | 24×56×56  |
/// | inverted residual       | 6 | 32   | 3 | 2 | 32×28×28  |
/// | inverted residual       | 6 | 64   | 4 | 2 | 64×14×14  |
/// | inverted residual       | 6 | 96   | 3 | 1 | 96×14×14  |
/// | inverted residual       | 6 | 160  | 3 | 2 | 160×7×7   |
/// | inverted residual       | 6 | 320  | 1 | 1 | 320×7×7   |
/// | conv 1×1                |   | 1280 | 1 | 1 | 1280×7×7  |
/// | global average pool; dropout 0.2; linear | | | | | classes |
///
/// t: expansion, c: channels, n: blocks, s: stride of the first.
public final class MobileNetV2 {
    /// Normal with He's deviation by fan-out for convolutions, normal(0, 0.01) for the linear layer, biases 0.
    static final InitPolicy INIT = (layer, p) -> {
        if (p.name().equals("bias")) {
            return Init.constant(0);
        }
        return layer instanceof Linear ? Init.normal(0, 0.01) : Init.kaimingNormal(Math.sqrt(2), true);
    };

    /// The paper's t, c, n, s.
    private static final int[][] TABLE = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

    private MobileNetV2() {
    }

    public static Sequential create(int classes) {
        Sequential features = sequence(convNormRelu6(32, 3, 2, 1));
        int in = 32;
        for (int[] row : TABLE) {
            for (int i = 0; i < row[2]; i++) {
                features.add(new InvertedResidual(in, row[0], row[1], i == 0 ? row[3] : 1));
                in = row[1];
            }
        }
        features.add(convNormRelu6(1280, 1, 1, 1));
        return sequence()
                .add("features", features)
                .add("avgpool", globalAvgPool())
                .add("flatten", flatten())
                .add("classifier", sequence(dropout(0.2), linear(classes)));
    }

    /// Convolution without bias, batch norm, relu6.
    private static Sequential convNormRelu6(int filters, int kernel, int stride, int groups) {
        return sequence(conv(filters, kernel).stride(stride).pad(kernel / 2).groups(groups).noBias(), batchNorm(),
                Activation.relu6()).as("Conv2dNormActivation");
    }

    /// 1×1 to `expansion` times the channels, 3×3 per channel, 1×1 to few channels without activation; `x` is added
    /// where shapes allow it.
    public static final class InvertedResidual extends Layer {
        private final Sequential conv = child("conv", sequence());
        private final boolean adds;

        InvertedResidual(int in, int expansion, int out, int stride) {
            int hidden = in * expansion;
            adds = stride == 1 && in == out;
            if (expansion != 1) {
                conv.add(convNormRelu6(hidden, 1, 1, 1));
            }
            conv.add(convNormRelu6(hidden, 3, stride, hidden));
            conv.add(conv(out, 1).noBias());
            conv.add(batchNorm());
        }

        @Override
        public Var forward(Var x) {
            Var y = conv.apply(x);
            return adds ? Arithmetic.add(x, y) : y;
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return conv.walk(in, walk);
        }
    }
}
