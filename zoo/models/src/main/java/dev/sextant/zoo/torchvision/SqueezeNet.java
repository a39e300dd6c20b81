package dev.sextant.zoo.torchvision;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.autograd.Room;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Pool2d;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;

/// SqueezeNet (Iandola et al., 2016, table 1): AlexNet's accuracy with 1,248,424 parameters; version 1.1 (1,235,496)
/// pools earlier. Max pools round up.
public final class SqueezeNet {
    /// He's uniform by fan-in; the last convolution normal(0, 0.01); biases 0.
    static final InitPolicy INIT = (layer, p) -> p.name().equals("bias") ? Init.constant(0)
            : Init.kaimingUniform(Math.sqrt(2), false);

    private SqueezeNet() {
    }

    /// Version 1.0.
    public static Sequential v10(int classes) {
        return network(classes, sequence(
                conv(96, 7).stride(2), relu(), pool(),
                new Fire(16, 64), new Fire(16, 64), new Fire(32, 128), pool(),
                new Fire(32, 128), new Fire(48, 192), new Fire(48, 192), new Fire(64, 256), pool(),
                new Fire(64, 256)));
    }

    /// Version 1.1: a smaller first convolution and earlier pools, 2.4 times less work.
    public static Sequential v11(int classes) {
        return network(classes, sequence(
                conv(64, 3).stride(2), relu(), pool(),
                new Fire(16, 64), new Fire(16, 64), pool(),
                new Fire(32, 128), new Fire(32, 128), pool(),
                new Fire(48, 192), new Fire(48, 192), new Fire(64, 256), new Fire(64, 256)));
    }

    private static Sequential network(int classes, Sequential features) {
        return sequence()
                .add("features", features)
                .add("classifier", sequence(
                        dropout(0.5),
                        conv(classes, 1).init(Init.normal(0, 0.01), null), relu(),
                        globalAvgPool()))
                .add("flatten", flatten());
    }

    private static Pool2d pool() {
        return maxPool(3, 2, 0).ceil();
    }

    /// A 1×1 convolution to few channels, then 1×1 and 3×3 convolutions side by side.
    public static final class Fire extends Layer {
        private final int expanded;
        private final Layer[] squeeze;
        private final Layer[] expand1x1;
        private final Layer[] expand3x3;

        Fire(int squeezed, int expanded) {
            this.expanded = expanded;
            squeeze = new Layer[] {child("squeeze", conv(squeezed, 1)), child("squeeze_activation", relu())};
            expand1x1 = new Layer[] {child("expand1x1", conv(expanded, 1)), child("expand1x1_activation", relu())};
            expand3x3 = new Layer[] {child("expand3x3", conv(expanded, 3).pad(1)),
                child("expand3x3_activation", relu())};
        }

        @Override
        public Var forward(Var x) {
            Var s = Sequential.chain(x, squeeze);
            Room room = Room.over(s, 2 * expanded);
            return room.join(Sequential.chain(s, room.next(expanded), expand1x1),
                    Sequential.chain(s, room.next(expanded), expand3x3));
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            Shape s = Sequential.chain(in, walk, squeeze);
            Shape one = Sequential.chain(s, walk, expand1x1);
            return one.with(1, one.dim(1) + Sequential.chain(s, walk, expand3x3).dim(1));
        }
    }
}
