package dev.sextant.nn;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;
import static dev.sextant.nn.Layers.sigmoid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.engine.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Batch norm multiplied into the convolution before it.
class FoldedConvTest {
    private static final Device DEVICE = Device.standard();
    private static final Shape INPUT = Shape.of(2, 3, 9, 9);

    private static final class Block extends Layer {
        private final Layer relu = relu();
        private final Layer shortcut;
        private final Layer[] body;

        Block(Layer shortcut, Layer... body) {
            this.shortcut = shortcut == null ? null : child("shortcut", shortcut);
            this.body = body;
            for (int i = 0; i < body.length; i++) {
                child("" + i, body[i]);
            }
        }

        @Override
        public Var forward(Var x) {
            return Sequential.residual(x, shortcut, relu, body);
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            Shape out = Sequential.chain(in, walk, body);
            if (shortcut != null) {
                shortcut.walk(in, walk);
            }
            return out;
        }
    }

    private static Layer network() {
        Layer net = sequence(conv(20, 3).pad(1), batchNorm(), relu(), conv(16, 3).noBias(), batchNorm(),
                new Block(null, conv(16, 3).pad(1), batchNorm(), relu(), conv(16, 3).pad(1).noBias(), batchNorm()),
                new Block(conv(18, 1), conv(18, 3).pad(1), batchNorm()), conv(4, 1), batchNorm(), sigmoid());
        net.initialize(INPUT, DEVICE, 3);
        long[] stream = {100};
        net.visit("", (path, layer) -> {
            if (layer instanceof BatchNorm norm) {
                shift(norm.parameter("weight").value(), stream[0]++, 0.5f, 2);
                shift(norm.parameter("bias").value(), stream[0]++, -1, 1);
                shift(norm.buffer("running_mean"), stream[0]++, -1, 1);
                shift(norm.buffer("running_var"), stream[0]++, 0.25f, 4);
            }
        });
        return net;
    }

    private static void shift(NDArray a, long stream, float low, float high) {
        a.set(Philox.uniform(5, stream, (int) a.size(), low, high));
    }

    private static float[] images() {
        return Philox.uniform(9, 1, (int) INPUT.size(), -1, 1);
    }

    private static float[] apply(Layer net) {
        try (var _ = GradMode.off(); var _ = Scope.open()) {
            return net.apply(Var.of(NDArray.of(images(), INPUT, DEVICE))).value().toFloats();
        }
    }

    private static int batchNorms(Runnable body) {
        List<Object> specs = new ArrayList<>();
        try (var _ = Trace.listen(e -> specs.add(e.spec()))) {
            body.run();
        }
        return (int) specs.stream().filter(s -> s instanceof BatchNormSpec).count();
    }

    @Test
    void givesTheResultsOfTheLayersOneByOne() {
        float[] expected = apply(network().eval());
        Model folded = Model.of(network(), INPUT.without(0));
        assertArrayEquals(expected, folded.predict(images()), 2e-5f);
        assertEquals(0, batchNorms(() -> folded.predict(images())), "batch norms that ran");
        Layer single = network().fuse(false);
        Model unfolded = Model.of(single, INPUT.without(0));
        assertArrayEquals(expected, unfolded.predict(images()), 1e-6f);
        assertEquals(6, batchNorms(() -> unfolded.predict(images())), "batch norms that ran");
    }

    @Test
    void followsItsSources() {
        Layer net = network().eval();
        net.freeze(".*", true);
        apply(net);
        Layer fresh = network();
        net.visit("", (path, layer) -> {
            if (layer instanceof BatchNorm norm) {
                norm.buffer("running_var").fill(1.5);
            }
        });
        net.parameters().get("0.weight").assign(NDArray.full(Shape.of(20, 3, 3, 3), 0.01, DType.FLOAT32,
                DEVICE));
        fresh.visit("", (path, layer) -> {
            if (layer instanceof BatchNorm norm) {
                norm.buffer("running_var").fill(1.5);
            }
        });
        fresh.parameters().get("0.weight").value().fill(0.01);
        assertArrayEquals(apply(fresh.eval()), apply(net), 2e-5f);
    }

    @Test
    void trainingSeesBatchNorm() {
        Layer net = network().train();
        assertEquals(6, batchNorms(() -> {
            try (var _ = Scope.open()) {
                net.apply(Var.of(NDArray.of(images(), INPUT, DEVICE)));
            }
        }));
    }
}
