package dev.sextant.zoo.chapters;

import static dev.sextant.autograd.Arithmetic.*;
import static dev.sextant.autograd.Pointwise.*;
import static dev.sextant.nn.Layers.avgPool;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sigmoid;

import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Batch Normalization": the layer from scratch, and LeNet with it.
final class BatchNormChapter {

    static final class BatchNorm extends Layer {
        @Override
        protected void build(Shape in) {
            Shape one = in.rank() == 2 ? Shape.of(1, in.dim(1)) : Shape.of(1, in.dim(1), 1, 1);
            parameter("gamma", one, Init.constant(1));
            parameter("beta", one, Init.constant(0));
            buffer("moving_mean", NDArray.full(one, 0, DType.FLOAT32, Device.standard()));
            buffer("moving_var", NDArray.full(one, 1, DType.FLOAT32, Device.standard()));
        }

        @Override
        public Var forward(Var x) {
            Var mean = Var.of(buffer("moving_mean"));
            Var variance = Var.of(buffer("moving_var"));
            if (isTraining()) {
                int[] axes = x.shape().rank() == 2 ? new int[] {0} : new int[] {0, 2, 3};
                mean = Reductions.mean(x, true, axes);
                variance = Reductions.mean(square(sub(x, mean)), true, axes);
                move(buffer("moving_mean"), mean);
                move(buffer("moving_var"), variance);
            }
            Var normalised = mul(sub(x, mean), rsqrt(add(variance, 1e-5)));
            return add(mul(leaf("gamma"), normalised), leaf("beta"));
        }

        private static void move(NDArray moving, Var batch) {
            moving.set(add(mul(Var.of(moving), 0.9), mul(Var.of(batch.value()), 0.1)).value());
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return in;
        }
    }

    static Layer net() {
        return sequence(
                conv(6, 5), new BatchNorm(), sigmoid(), avgPool(2),
                conv(16, 5), new BatchNorm(), sigmoid(), avgPool(2), flatten(),
                linear(120), new BatchNorm(), sigmoid(),
                linear(84), new BatchNorm(), sigmoid(),
                linear(10));
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 28, 256, 1.0, 10);
    }
}
