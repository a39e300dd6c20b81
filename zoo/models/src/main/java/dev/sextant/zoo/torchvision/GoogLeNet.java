package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.AdaptivePool2d;
import dev.sextant.nn.Concat;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;
import java.util.List;

/// GoogLeNet (Szegedy et al., 2014, table 1) with batch norm: 6,624,904 parameters, 13,004,888 with both auxiliary
/// heads.
///
/// | layer       | 1×1 | 3×3 reduce | 3×3 | "5×5" reduce | "5×5" | pool | output    |
/// |-------------|-----|------------|-----|--------------|-------|------|-----------|
/// | conv1       | 7×7/2, 64; max pool 3×3/2 |  |  |     |       |      | 64×56×56  |
/// | conv2       | 64  |            |     |              |       |      | 64×56×56  |
/// | conv3       |     |            | 192, max pool 3×3/2 | |    |      | 192×28×28 |
/// | inception3a | 64  | 96         | 128 | 16           | 32    | 32   | 256×28×28 |
/// | inception3b | 128 | 128        | 192 | 32           | 96    | 64   | 480×28×28, pooled to 14×14 |
/// | inception4a | 192 | 96         | 208 | 16           | 48    | 64   | 512×14×14, aux1 reads it |
/// | inception4b | 160 | 112        | 224 | 24           | 64    | 64   | 512×14×14 |
/// | inception4c | 128 | 128        | 256 | 24           | 64    | 64   | 512×14×14 |
/// | inception4d | 112 | 144        | 288 | 32           | 64    | 64   | 528×14×14, aux2 reads it |
/// | inception4e | 256 | 160        | 320 | 32           | 128   | 128  | 832×14×14, pooled to 7×7 |
/// | inception5a | 256 | 160        | 320 | 32           | 128   | 128  | 832×7×7   |
/// | inception5b | 384 | 192        | 384 | 48           | 128   | 128  | 1024×7×7  |
/// | head        | global average pool; dropout 0.2; linear | | | | |   | classes   |
///
/// Departures from the paper, all torchvision's: batch norm (eps 0.001) after every convolution; the third branch is
/// 3×3, not 5×5; max pools round up, and the last is 2×2; no local response norm.
public final class GoogLeNet extends Layer {
    /// normal(0, 0.01) for weights; torchvision truncates it at 200 deviations, which never happens.
    static final InitPolicy INIT = (layer, p) -> p.name().equals("bias") ? InitPolicy.PYTORCH.choose(layer, p)
            : Init.normal(0, 0.01);

    private final boolean transformsInput;
    private final Layer[] to4a;
    private final Layer[] to4d;
    private final Layer[] to5b;
    private final Layer aux1;
    private final Layer aux2;
    private final Layer[] head;

    /// @param auxHeads        whether there are the two auxiliary heads, which run in training only
    /// @param transformsInput whether images normalised with ImageNet's means and deviations are brought to ±1, as
    ///                        torchvision's published weights expect
    public GoogLeNet(boolean auxHeads, boolean transformsInput, int classes) {
        this.transformsInput = transformsInput;
        to4a = new Layer[] {
            child("conv1", basicConv(64, 7, 2, 3)),
            child("maxpool1", maxPool(3, 2, 0).ceil()),
            child("conv2", basicConv(64, 1, 1, 0)),
            child("conv3", basicConv(192, 3, 1, 1)),
            child("maxpool2", maxPool(3, 2, 0).ceil()),
            child("inception3a", inception(64, 96, 128, 16, 32, 32)),
            child("inception3b", inception(128, 128, 192, 32, 96, 64)),
            child("maxpool3", maxPool(3, 2, 0).ceil()),
            child("inception4a", inception(192, 96, 208, 16, 48, 64))};
        to4d = new Layer[] {
            child("inception4b", inception(160, 112, 224, 24, 64, 64)),
            child("inception4c", inception(128, 128, 256, 24, 64, 64)),
            child("inception4d", inception(112, 144, 288, 32, 64, 64))};
        to5b = new Layer[] {
            child("inception4e", inception(256, 160, 320, 32, 128, 128)),
            child("maxpool4", maxPool(2, 2, 0).ceil()),
            child("inception5a", inception(256, 160, 320, 32, 128, 128)),
            child("inception5b", inception(384, 192, 384, 48, 128, 128))};
        aux1 = auxHeads ? child("aux1", new InceptionAux(classes)) : null;
        aux2 = auxHeads ? child("aux2", new InceptionAux(classes)) : null;
        head = new Layer[] {
            child("avgpool", globalAvgPool()),
            child("flatten", flatten()),
            child("dropout", dropout(0.2)),
            child("fc", linear(classes))};
    }

    @Override
    public Var forward(Var x) {
        Var at4a = Sequential.chain(transformed(x), to4a);
        return classify(Sequential.chain(at4a, to4d));
    }

    /// In training with auxiliary heads: the logits of the main head, of `aux1` and of `aux2`.
    @Override
    protected List<Var> forwardAll(Var x) {
        if (aux1 == null || !isTraining()) {
            return List.of(forward(x));
        }
        Var at4a = Sequential.chain(transformed(x), to4a);
        Var at4d = Sequential.chain(at4a, to4d);
        return List.of(classify(at4d), aux1.apply(at4a), aux2.apply(at4d));
    }

    private Var classify(Var at4d) {
        return Sequential.chain(Sequential.chain(at4d, to5b), head);
    }

    /// From `(v − mean)/deviation` of ImageNet to `(v − ½)/½`, channel by channel.
    private Var transformed(Var x) {
        if (!transformsInput) {
            return x;
        }
        float[] scale = {0.229f / 0.5f, 0.224f / 0.5f, 0.225f / 0.5f};
        float[] shift = {(0.485f - 0.5f) / 0.5f, (0.456f - 0.5f) / 0.5f, (0.406f - 0.5f) / 0.5f};
        Shape channels = Shape.of(1, 3, 1, 1);
        return Arithmetic.add(Arithmetic.mul(x, Var.of(NDArray.of(scale, channels, x.device()))),
                Var.of(NDArray.of(shift, channels, x.device())));
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Shape at4a = Sequential.chain(in, walk, to4a);
        Shape at4d = Sequential.chain(at4a, walk, to4d);
        Shape out = Sequential.chain(Sequential.chain(at4d, walk, to5b), walk, head);
        if (aux1 != null) {
            aux1.walk(at4a, walk);
            aux2.walk(at4d, walk);
        }
        return out;
    }

    /// Convolution without bias, batch norm, relu.
    private static Sequential basicConv(int filters, int kernel, int stride, int pad) {
        return sequence().as("BasicConv2d")
                .add("conv", conv(filters, kernel).stride(stride).pad(pad).noBias())
                .add("bn", batchNorm().eps(0.001))
                .add("relu", relu());
    }

    /// Four branches over the same input, joined along the channels.
    ///
    /// @param c3in channels before the 3×3 convolution
    /// @param c5in channels before the convolution called 5×5
    private static Layer inception(int c1, int c3in, int c3, int c5in, int c5, int pooled) {
        return new Concat().as("Inception")
                .add("branch1", basicConv(c1, 1, 1, 0))
                .add("branch2", sequence(basicConv(c3in, 1, 1, 0), basicConv(c3, 3, 1, 1)))
                .add("branch3", sequence(basicConv(c5in, 1, 1, 0), basicConv(c5, 3, 1, 1)))
                .add("branch4", sequence(maxPool(3, 1, 1).ceil(), basicConv(pooled, 1, 1, 0)));
    }

    /// A classifier in the middle of the network, whose loss helps the layers before it to learn.
    public static final class InceptionAux extends Layer {
        private final Layer[] layers;

        InceptionAux(int classes) {
            Layer pool = child("pool", AdaptivePool2d.avg(4));
            Layer conv = child("conv", basicConv(128, 1, 1, 0));
            Layer flatten = child("flatten", flatten());
            Layer fc1 = child("fc1", linear(1024));
            Layer relu = child("relu", relu());
            Layer fc2 = child("fc2", linear(classes));
            Layer dropout = child("dropout", dropout(0.7));
            layers = new Layer[] {pool, conv, flatten, fc1, relu, dropout, fc2};
        }

        @Override
        public Var forward(Var x) {
            return Sequential.chain(x, layers);
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return Sequential.chain(in, walk, layers);
        }
    }
}
