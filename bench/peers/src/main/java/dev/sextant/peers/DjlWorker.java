package dev.sextant.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.sextant.bench.BookNet;
import dev.sextant.bench.Formula;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.peers.PeerEngine;
import dev.sextant.bench.peers.Plan;
import dev.sextant.bench.peers.Plans;
import dev.sextant.bench.peers.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// PyTorch through DJL: eager operations with autograd, DJL's loss and DJL's optimizer.
public final class DjlWorker implements PeerEngine {
    private static final float EPS = 1e-5f;
    private static final float MOMENTUM = 0.1f;

    public static void main(String[] args) throws Exception {
        Worker.serve(new DjlWorker());
    }

    @Override
    public Training training(BookNet net, int batch, boolean dropout) {
        var model = new Model(net, batch, dropout, true);
        var labels = model.manager.create(toFloats(Formula.labels(batch, 10)), new Shape(batch));
        var loss = Loss.softmaxCrossEntropyLoss();
        Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed((float) SextantNet.LR)).build();
        return new Training() {
            @Override
            public double step() {
                try (NDManager step = model.manager.newSubManager()) {
                    double value;
                    try (var collector = Engine.getInstance().newGradientCollector()) {
                        NDArray l = loss.evaluate(new NDList(labels), new NDList(model.forward(step, true)));
                        collector.backward(l);
                        value = l.getFloat();
                    }
                    model.parameters.forEach((name, w) -> {
                        if (w.hasGradient()) {
                            try (NDArray g = w.getGradient()) {
                                sgd.update(name, w, g);
                            }
                        }
                    });
                    return value;
                }
            }

            @Override
            public void close() {
                model.manager.close();
            }
        };
    }

    @Override
    public Inference inference(BookNet net, int batch) {
        var model = new Model(net, batch, false, false);
        return new Inference() {
            @Override
            public float[] infer() {
                try (NDManager step = model.manager.newSubManager()) {
                    return model.forward(step, false).toFloatArray();
                }
            }

            @Override
            public void close() {
                model.manager.close();
            }
        };
    }

    private static float[] toFloats(int[] values) {
        float[] f = new float[values.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = values[i];
        }
        return f;
    }

    /// A plan with its parameters as PyTorch tensors.
    private static final class Model {
        final NDManager manager = NDManager.newBaseManager(Device.cpu());
        final Map<String, NDArray> parameters = new LinkedHashMap<>();
        private final Map<String, NDArray> statistics = new LinkedHashMap<>();
        private final Plan plan;
        private final NDArray images;
        private final boolean dropout;

        Model(BookNet net, int batch, boolean dropout, boolean gradients) {
            this.dropout = dropout;
            plan = Plans.of(net);
            images = manager.create(Formula.images(batch, net.size()), new Shape(batch, 1, net.size(), net.size()));
            plan.parameters().forEach((name, dims) -> {
                NDArray w = manager.create(Formula.parameter(name, dims), shape(dims));
                w.setRequiresGradient(gradients);
                parameters.put(name, w);
            });
            for (Plan.Step step : plan.steps()) {
                if (step instanceof Plan.BatchNorm b) {
                    statistics.put(b.name() + ".mean", manager.zeros(new Shape(b.channels())));
                    statistics.put(b.name() + ".var", manager.ones(new Shape(b.channels())));
                }
            }
        }

        private static Shape shape(int[] dims) {
            long[] d = new long[dims.length];
            for (int i = 0; i < d.length; i++) {
                d[i] = dims[i];
            }
            return new Shape(d);
        }

        NDArray weight(String name) {
            return parameters.get(name + ".weight");
        }

        NDArray bias(String name) {
            return parameters.get(name + ".bias");
        }

        /// The logits; everything computed on the way belongs to `step`.
        NDArray forward(NDManager step, boolean training) {
            List<NDArray> results = new ArrayList<>();
            // Results belong to the manager of their first input, so the step needs an input of its own.
            NDArray x = images.duplicate();
            x.attach(step);
            results.add(x);
            plan.steps().forEach(s -> results.add(apply(s, results, training)));
            return results.getLast();
        }

        private NDArray apply(Plan.Step step, List<NDArray> r, boolean training) {
            return switch (step) {
                case Plan.Conv c -> Conv2d.conv2d(r.get(c.in()), weight(c.name()), bias(c.name()),
                        square(c.stride()), square(c.pad()), square(1), 1).singletonOrThrow();
                case Plan.BatchNorm b -> BatchNorm.batchNorm(r.get(b.in()), statistics.get(b.name() + ".mean"),
                        statistics.get(b.name() + ".var"), weight(b.name()), bias(b.name()), 1, MOMENTUM, EPS,
                        training).singletonOrThrow();
                case Plan.Linear l -> Linear.linear(r.get(l.in()), weight(l.name()), bias(l.name()))
                        .singletonOrThrow();
                case Plan.Relu a -> Activation.relu(r.get(a.in()));
                case Plan.Sigmoid a -> Activation.sigmoid(r.get(a.in()));
                case Plan.MaxPool m -> Pool.maxPool2d(r.get(m.in()), square(m.kernel()), square(m.stride()),
                        square(m.pad()), false);
                case Plan.AvgPool a -> Pool.avgPool2d(r.get(a.in()), square(a.kernel()), square(a.kernel()),
                        square(0), false, true);
                case Plan.GlobalAvgPool g -> Pool.globalAvgPool2d(r.get(g.in()));
                case Plan.Flatten f -> r.get(f.in()).reshape(r.get(f.in()).getShape().get(0), -1);
                case Plan.Dropout d -> dropout && training
                        ? Dropout.dropout(r.get(d.in()), 0.5f, true).singletonOrThrow()
                        : r.get(d.in());
                case Plan.Add a -> r.get(a.a()).add(r.get(a.b()));
                case Plan.Concat c -> {
                    var parts = new NDList(c.parts().size());
                    c.parts().forEach(p -> parts.add(r.get(p)));
                    yield NDArrays.concat(parts, 1);
                }
            };
        }

        private static Shape square(int n) {
            return new Shape(n, n);
        }
    }
}
