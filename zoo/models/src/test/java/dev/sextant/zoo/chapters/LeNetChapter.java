package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchLoader;
import dev.sextant.nn.data.BatchOptions;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.nn.metrics.Classification;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.zoo.data.FashionMnist;
import dev.sextant.zoo.data.TrainTest;
import java.util.Optional;

/// "Convolutional Neural Networks (LeNet)": the network, and the training loop that the later chapters use too.
final class LeNetChapter {

    static Layer net() {
        return sequence(
                conv(6, 5).pad(2), sigmoid(), avgPool(2),
                conv(16, 5), sigmoid(), avgPool(2),
                flatten(),
                linear(120), sigmoid(),
                linear(84), sigmoid(),
                linear(10));
    }

    /// What an epoch came to.
    record Result(double trainLoss, double trainAccuracy, double testAccuracy) {
    }

    static double accuracy(Layer net, BatchLoader test) {
        net.eval();
        double right = 0;
        try (var _ = GradMode.off()) {
            for (var batches = test.epoch(0); batches.hasNext();) {
                try (var _ = Scope.open()) {
                    Batch batch = batches.next();
                    Var scores = net.apply(Var.of(batch.images()));
                    right += Classification.accuracy(scores.value(), batch.labels()) * batch.size();
                }
            }
        }
        return right / test.imagesPerEpoch();
    }

    /// The book's `train_ch6`: Xavier initialisation and plain SGD.
    static Result train(Layer net, TrainTest data, int size, int batchSize, double lr, int epochs) {
        Device device = Device.standard();
        net.initialize(Shape.of(1, 1, size, size), device, 0, InitPolicy.XAVIER);
        var optimizer = Optimizer.sgd(lr, net.parameters());
        Result result = null;
        try (var train = new BatchLoader(data.train(), BatchOptions.training(batchSize, 0).withImageSize(size), device);
                var test = new BatchLoader(data.test(), BatchOptions.inOrder(batchSize).withImageSize(size), device)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                net.train();
                double loss = 0;
                double right = 0;
                for (var batches = train.epoch(epoch); batches.hasNext();) {
                    try (var _ = Scope.open()) {
                        Batch batch = batches.next();
                        Var scores = net.apply(Var.of(batch.images()));
                        Var mean = Losses.crossEntropy(scores, batch.labels());
                        optimizer.zeroGrad();
                        mean.backward();
                        optimizer.step();
                        loss += mean.item() * batch.size();
                        right += Classification.accuracy(scores.value(), batch.labels()) * batch.size();
                    }
                }
                int images = train.imagesPerEpoch();
                result = new Result(loss / images, right / images, accuracy(net, test));
                System.out.println("epoch " + (epoch + 1) + ": " + result);
            }
        }
        return result;
    }

    public static void main(String[] args) {
        train(net(), FashionMnist.load(Optional.empty()), 28, 256, 0.9, 10);
    }
}
