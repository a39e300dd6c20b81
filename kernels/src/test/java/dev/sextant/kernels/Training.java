package dev.sextant.kernels;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sigmoid;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Layers;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Task;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.Arrays;
import java.util.Map;

/// A network that trains on one batch, from the same numbers on every device.
public final class Training {
    private final Device device;
    private final Task task;
    private final Layer model;
    private final Optimizer optimizer;
    private final Shape images;
    private final float[] pixels;
    private final int[] labels;

    /// A network of the book, for images of `size`×`size`.
    public Training(String net, int size, int batch, Device device) {
        this(Zoo.create(Map.of("net", net, "inputSize", size)), batch, device);
    }

    private Training(Network network, int batch, Device device) {
        this.device = device;
        task = network.task();
        model = network.initialize(device, 5).train();
        // Small enough that rounding stays rounding: at 0.05 the deep nets diverge, on every backend differently.
        optimizer = Optimizer.sgd(0.01, 0.9, model.parameters());
        images = network.inputShape(batch);
        pixels = Compare.values(3, images.size());
        labels = new int[batch];
        Arrays.setAll(labels, i -> (7 * i + 1) % network.classes());
    }

    /// One layer of most kinds, on 6×6 pixels: a step of milliseconds.
    public static Training small(Device device) {
        Layer layers = sequence(conv(2, 3), Layers.batchNorm(), relu(), maxPool(2), sigmoid(), flatten(),
                dropout(0.2), linear(3));
        return new Training(new Network("small", "book", "book", layers, Shape.of(1, 6, 6), 3, InitPolicy.XAVIER, null),
                4, device);
    }

    /// One step as a program makes it: the batch goes to the device, and the loss comes back.
    public double step() {
        try (var _ = Scope.open("step")) {
            Var x = Var.of(NDArray.of(pixels, images, device));
            NDArray targets = task == Task.REGRESSION
                    ? NDArray.of(Compare.values(4, labels.length), Shape.of(labels.length, 1), device)
                    : NDArray.of(labels, Shape.of(labels.length), device);
            Var loss = task.loss(model.applyAll(x), targets);
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    /// The losses of the next steps.
    public double[] losses(int steps) {
        double[] losses = new double[steps];
        Arrays.setAll(losses, i -> step());
        return losses;
    }
}
