package dev.sextant.bench;

import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.Dropout;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Model;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.zoo.Network;

/// One of the measured networks on one device, with one fixed batch of the formula's images: the training step or the
/// inference that benchmarks time. One of the two: whoever was asked for logits has become a [Model], whose parameters
/// are frozen.
public final class SextantNet {
    /// The learning rate of every measured step. Small, so that many steps on one batch stay finite.
    public static final double LR = 0.001;

    private static final long SEED = 1;

    private final Layer model;
    private final Device device;
    private final Optimizer optimizer;
    private final NDArray images;
    private final NDArray labels;
    private final float[] hostImages;
    private final Shape inputShape;
    private Model inference;
    private long steps;

    /// With the formula's weights, which every engine can have, and the rate [#LR].
    public SextantNet(BookNet net, int batch, Device device) {
        this(net, batch, device, SEED, new OptimizerSpec.Sgd(LR, 0, 0, 0, false));
        model.parameters().forEach((name, p) -> p.assign(NDArray.of(Formula.parameter(name, p.shape().dims()),
                p.shape(), device)));
    }

    private SextantNet(BookNet net, int batch, Device device, long seed, OptimizerSpec rule) {
        Network network = net.create();
        this.device = device;
        model = network.initialize(device, seed);
        optimizer = new Optimizer(rule, model.parameters());
        inputShape = network.inputShape(batch);
        hostImages = Formula.images(batch, net.size());
        images = NDArray.of(hostImages, inputShape, device);
        labels = NDArray.of(Formula.labels(batch, network.classes()), Shape.of(batch), device);
    }

    /// With the weights that the zoo starts a training from, which are the same on every device.
    ///
    /// @param rule of the updates
    public static SextantNet initialized(BookNet net, int batch, Device device, long seed, OptimizerSpec rule) {
        return new SextantNet(net, batch, device, seed, rule);
    }

    /// Switches dropout off, for comparisons between engines, which draw different masks.
    public SextantNet withoutDropout() {
        model.visit("", (path, layer) -> {
            if (layer instanceof Dropout d) {
                d.disable();
            }
        });
        return this;
    }

    public Layer model() {
        return model;
    }

    public Device device() {
        return device;
    }

    /// Forward, loss, backward and update of one batch, in one scope.
    ///
    /// @return the loss before the update
    public double trainStep() {
        if (!model.isTraining()) {
            model.train();
        }
        try (var _ = Scope.open("training step")) {
            Dropout.position(model, SEED, steps++);
            Var loss = Losses.crossEntropy(CrossEntropySpec.MEAN, model.apply(Var.of(images)), labels, null);
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    /// Logits of the batch, host memory in and out.
    public float[] infer() {
        if (inference == null) {
            inference = Model.of(model, inputShape.without(0));
        }
        return inference.predict(hostImages);
    }
}
