package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.Compare;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.function.Function;

/// What the library path must compute, family by family, compared with the oracle. A check runs the same kernel calls
/// on a device and on the oracle; each fits what the libraries themselves compute.
enum LibraryChecks {
    PRODUCTS {
        @Override
        void run(Device cuda) {
            for (boolean ta : new boolean[] {false, true}) {
                for (boolean tb : new boolean[] {false, true}) {
                    for (Write write : Write.values()) {
                        same("matmul " + ta + tb + write, cuda, 8, side -> {
                            NDArray a = side.numbers(1, ta ? Shape.of(7, 5) : Shape.of(5, 7));
                            NDArray b = side.numbers(2, tb ? Shape.of(3, 7) : Shape.of(7, 3));
                            NDArray y = side.target(write, Shape.of(5, 3));
                            side.kernels().matmul(new MatmulSpec(ta, tb), a, b, y, write);
                            return y;
                        });
                    }
                }
            }
            same("batched matmul", cuda, 8, side -> {
                NDArray y = side.target(Write.ADD, Shape.of(2, 3, 4, 6));
                side.kernels().matmul(MatmulSpec.PLAIN, side.numbers(1, Shape.of(2, 1, 4, 5)),
                        side.numbers(2, Shape.of(3, 5, 6)), y, Write.ADD);
                return y;
            });
            same("matmul into a transposed view", cuda, 8, side -> {
                NDArray y = side.target(Write.SET, Shape.of(6, 9));
                side.kernels().matmul(MatmulSpec.PLAIN, side.numbers(1, Shape.of(9, 4)),
                        side.numbers(2, Shape.of(8, 4)).narrow(0, 1, 6).transpose(0, 1), y.transpose(0, 1),
                        Write.SET);
                return y;
            });
        }
    },
    LINEAR {
        @Override
        void run(Device cuda) {
            Shape x = Shape.of(4, 6);
            Shape w = Shape.of(3, 6);
            Shape z = Shape.of(4, 3);
            same("linear", cuda, 6, side -> {
                NDArray y = side.target(Write.SET, z);
                side.kernels().linear(LinearSpec.PLAIN, side.numbers(1, x), side.numbers(2, w),
                        side.numbers(3, Shape.of(3)), y);
                return y;
            });
            for (Write write : Write.values()) {
                same("dx of linear", cuda, 6, side -> {
                    NDArray dx = side.target(write, x);
                    side.kernels().linearBackwardData(LinearSpec.PLAIN, side.numbers(1, z), side.numbers(2, w),
                            new Target(dx, write));
                    return dx;
                });
                same("dw of linear", cuda, 6, side -> {
                    NDArray dw = side.target(write, w);
                    side.kernels().linearBackwardWeight(LinearSpec.PLAIN, side.numbers(1, z), side.numbers(2, x),
                            new Target(dw, write));
                    return dw;
                });
                same("dbias of linear", cuda, 6, side -> {
                    NDArray db = side.target(write, Shape.of(3));
                    side.kernels().linearBackwardBias(LinearSpec.PLAIN, side.numbers(1, z), new Target(db, write));
                    return db;
                });
            }
        }
    },
    CONVOLUTION {
        @Override
        void run(Device cuda) {
            convolve(cuda, Conv2dSpec.of(1, 1), Shape.of(2, 3, 6, 5), Shape.of(4, 3, 3, 3));
            convolve(cuda, new Conv2dSpec(new Pair(2, 1), new Pair(1, 2), new Pair(1, 2), 2, UnarySpec.IDENTITY),
                    Shape.of(2, 4, 7, 9), Shape.of(6, 2, 3, 2));
        }

        private void convolve(Device cuda, Conv2dSpec spec, Shape x, Shape w) {
            Shape y = spec.outputShape(x, w);
            same("conv2d", cuda, 40, side -> {
                NDArray out = side.target(Write.SET, y);
                side.kernels().conv2d(spec, side.numbers(1, x), side.numbers(2, w),
                        side.numbers(3, Shape.of(w.dim(0))), out);
                return out;
            });
            for (Write write : Write.values()) {
                same("dx of conv2d " + write, cuda, 40, side -> {
                    NDArray dx = side.target(write, x);
                    side.kernels().conv2dBackwardData(spec, side.numbers(1, y), side.numbers(2, w),
                            new Target(dx, write));
                    return dx;
                });
                same("dw of conv2d " + write, cuda, 40, side -> {
                    NDArray dw = side.target(write, w);
                    side.kernels().conv2dBackwardFilter(spec, side.numbers(1, y), side.numbers(2, x),
                            new Target(dw, write));
                    return dw;
                });
                same("dbias of conv2d " + write, cuda, 40, side -> {
                    NDArray db = side.target(write, Shape.of(w.dim(0)));
                    side.kernels().conv2dBackwardBias(spec, side.numbers(1, y), new Target(db, write));
                    return db;
                });
            }
        }
    },
    POOLING {
        @Override
        void run(Device cuda) {
            for (PoolKind kind : PoolKind.values()) {
                for (boolean countPad : new boolean[] {true, false}) {
                    pool(cuda, new Pool2dSpec(kind, new Pair(3, 2), new Pair(2, 1), new Pair(1, 0), Pair.ONE, false,
                            countPad), Shape.of(2, 3, 7, 5));
                }
                whole(cuda, new AdaptivePool2dSpec(kind, Pair.ONE), Shape.of(2, 3, 4, 5));
            }
            same("max pool of NaN", cuda, 1, side -> {
                NDArray y = side.target(Write.SET, Shape.of(1, 1, 1, 2));
                NDArray x = NDArray.of(new float[] {1, Float.NaN, 3, 4, 5, 6, 7, 8}, Shape.of(1, 1, 2, 4),
                        side.device);
                side.kernels().pool2d(Pool2dSpec.max(2, 2, 0), x, y);
                return y;
            });
        }

        private void pool(Device cuda, Pool2dSpec spec, Shape shape) {
            Shape out = spec.outputShape(shape);
            same(spec.opName(), cuda, 6, side -> {
                NDArray y = side.target(Write.SET, out);
                side.kernels().pool2d(spec, side.numbers(1, shape), y);
                return y;
            });
            for (Write write : Write.values()) {
                same("gradient of " + spec.opName() + write, cuda, 6, side -> {
                    NDArray x = side.numbers(1, shape);
                    NDArray y = side.target(Write.SET, out);
                    var aux = side.kernels().pool2d(spec, x, y);
                    NDArray dx = side.target(write, shape);
                    side.kernels().pool2dBackward(spec, side.numbers(2, out), x, y, aux, new Target(dx, write));
                    return dx;
                });
            }
        }

        private void whole(Device cuda, AdaptivePool2dSpec spec, Shape shape) {
            Shape out = spec.outputShape(shape);
            same("gradient of " + spec, cuda, 20, side -> {
                NDArray x = side.numbers(1, shape);
                NDArray y = side.target(Write.SET, out);
                var aux = side.kernels().adaptivePool2d(spec, x, y);
                NDArray dx = side.target(Write.ADD, shape);
                side.kernels().adaptivePool2dBackward(spec, y, x, y, aux, Target.add(dx));
                return dx;
            });
        }
    },
    BATCH_NORM {
        @Override
        void run(Device cuda) {
            for (Shape shape : new Shape[] {Shape.of(3, 4, 5, 2), Shape.of(6, 5)}) {
                for (int asked = 0; asked < 5; asked++) {
                    int which = asked;
                    same("batch_norm of " + shape + ", result " + which, cuda, 30,
                            side -> train(side, shape)[which]);
                }
                for (Write write : Write.values()) {
                    for (int asked = 0; asked < 3; asked++) {
                        int which = asked;
                        same("gradient " + which + " of batch_norm of " + shape + write, cuda, 30,
                                side -> gradients(side, shape, write)[which]);
                    }
                }
            }
        }

        private final BatchNormSpec training = new BatchNormSpec(1e-2, 0.3, true, UnarySpec.RELU);
        private final BatchNormSpec evaluation = new BatchNormSpec(1e-2, 0.3, false, UnarySpec.IDENTITY);

        // y of training, running mean and variance, y of evaluation with these, y without γ and β.
        private NDArray[] train(Side side, Shape shape) {
            Shape c = Shape.of(shape.dim(1));
            NDArray x = side.numbers(1, shape);
            NDArray gamma = side.numbers(2, c);
            NDArray beta = side.numbers(3, c);
            NDArray mean = side.numbers(4, c);
            NDArray variance = NDArray.full(c, 0.5, DType.FLOAT32, side.device);
            NDArray y = side.target(Write.SET, shape);
            side.kernels().batchNorm(training, x, gamma, beta, mean, variance, y);
            NDArray evaluated = side.target(Write.SET, shape);
            side.kernels().batchNorm(evaluation, x, gamma, beta, mean, variance, evaluated);
            NDArray plain = side.target(Write.SET, shape);
            side.kernels().batchNorm(training, x, null, null, null, null, plain);
            return new NDArray[] {y, mean, variance, evaluated, plain};
        }

        // dγ and dβ are written in different ways, so that one way for both shows.
        private NDArray[] gradients(Side side, Shape shape, Write write) {
            Shape c = Shape.of(shape.dim(1));
            NDArray x = side.numbers(1, shape);
            NDArray gamma = side.numbers(2, c);
            var aux = side.kernels().batchNorm(training, x, gamma, side.numbers(3, c), null, null,
                    side.target(Write.SET, shape));
            NDArray dx = side.target(write, shape);
            NDArray dgamma = side.target(Write.SET, c);
            NDArray dbeta = side.target(write, c);
            side.kernels().batchNormBackward(training, side.numbers(4, shape), x, gamma, aux, new Target(dx, write),
                    Target.set(dgamma), new Target(dbeta, write));
            return new NDArray[] {dx, dgamma, dbeta};
        }
    },
    SOFTMAX {
        @Override
        void run(Device cuda) {
            for (boolean log : new boolean[] {false, true}) {
                var spec = new SoftmaxSpec(1, log);
                Shape shape = Shape.of(2, 5, 3);
                same("softmax", cuda, 5, side -> {
                    NDArray x = side.numbers(1, shape, 200);
                    NDArray y = side.target(Write.SET, shape);
                    side.kernels().softmax(spec, x, y);
                    return y;
                });
            }
        }
    },
    ACTIVATIONS {
        @Override
        void run(Device cuda) {
            for (UnarySpec spec : new UnarySpec[] {UnarySpec.RELU, UnarySpec.SIGMOID, UnarySpec.TANH,
                UnarySpec.RELU6}) {
                Shape shape = Shape.of(3, 7);
                same(spec.opName(), cuda, 1, side -> {
                    NDArray y = side.target(Write.SET, shape);
                    side.kernels().unary(spec, side.numbers(1, shape, 10), y);
                    return y;
                });
                for (Write write : Write.values()) {
                    same("gradient of " + spec.opName() + write, cuda, 1, side -> {
                        NDArray y = side.target(Write.SET, shape);
                        side.kernels().unary(spec, side.numbers(1, shape, 10), y);
                        NDArray dx = side.target(write, shape);
                        side.kernels().unaryBackward(spec, null, y, side.numbers(2, shape), new Target(dx, write));
                        return dx;
                    });
                }
            }
        }
    },
    /// Work that runs late and in any permitted order still follows what was queued before it.
    ORDER {
        @Override
        void run(Device cuda) {
            SimulatedDevice.simulator().set("order", "lazy");
            try {
                for (int seed = 1; seed <= 4; seed++) {
                    SimulatedDevice.simulator().set("seed", Integer.toString(seed));
                    same("a convolution of a product", cuda, 60, side -> {
                        NDArray x = side.target(Write.SET, Shape.of(8, 8));
                        side.kernels().matmul(MatmulSpec.PLAIN, side.numbers(1, Shape.of(8, 6)),
                                side.numbers(2, Shape.of(6, 8)), x, Write.SET);
                        NDArray y = side.target(Write.SET, Shape.of(1, 2, 8, 8));
                        side.kernels().conv2d(Conv2dSpec.of(1, 1), x.reshape(1, 1, 8, 8),
                                side.numbers(3, Shape.of(2, 1, 3, 3)), null, y);
                        NDArray z = side.target(Write.SET, Shape.of(2, 8, 8));
                        side.kernels().matmul(MatmulSpec.PLAIN, y.reshape(2, 8, 8), x, z, Write.SET);
                        return z;
                    });
                }
            } finally {
                SimulatedDevice.simulator().set("order", "eager");
            }
        }
    },
    /// The gradients have the same bits on every run.
    BITS {
        @Override
        void run(Device cuda) {
            Shape x = Shape.of(2, 3, 9, 9);
            Shape w = Shape.of(4, 3, 3, 3);
            var spec = Conv2dSpec.of(1, 1);
            float[][] first = null;
            for (int i = 0; i < 3; i++) {
                var side = new Side(cuda);
                NDArray dx = side.target(Write.SET, x);
                NDArray dw = side.target(Write.SET, w);
                side.kernels().conv2dBackwardData(spec, side.numbers(1, Shape.of(2, 4, 9, 9)), side.numbers(2, w),
                        Target.set(dx));
                side.kernels().conv2dBackwardFilter(spec, side.numbers(1, Shape.of(2, 4, 9, 9)), side.numbers(2, x),
                        Target.set(dw));
                float[][] now = {dx.toFloats(), dw.toFloats()};
                first = first == null ? now : first;
                assertArrayEquals(first[0], now[0], "dx on run " + i);
                assertArrayEquals(first[1], now[1], "dw on run " + i);
            }
        }
    };

    /// Compares this family with the oracle; fails at the first difference, refusal or finding.
    abstract void run(Device cuda);

    /// One of the two devices that compute the same.
    record Side(Device device) {
        Kernels kernels() {
            return device.kernels();
        }

        NDArray numbers(int seed, Shape shape) {
            return numbers(seed, shape, 1);
        }

        NDArray numbers(int seed, Shape shape, float scale) {
            float[] values = Compare.values(seed, shape.size());
            for (int i = 0; i < values.length; i++) {
                values[i] *= scale;
            }
            return NDArray.of(values, shape, device);
        }

        /// Numbers to be added to, or NaN to be overwritten.
        NDArray target(Write write, Shape shape) {
            return write == Write.ADD ? numbers(99, shape) : NDArray.full(shape, Double.NaN, DType.FLOAT32, device);
        }
    }

    private static void same(String what, Device cuda, int terms, Function<Side, NDArray> computation) {
        NDArray expected = computation.apply(new Side(Device.ref()));
        NDArray actual = computation.apply(new Side(cuda));
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        for (int i = 0; i < e.length; i++) {
            assertEquals(Float.isNaN(e[i]), Float.isNaN(a[i]), what + ": element " + i + " is " + a[i] + ", expected "
                    + e[i]);
        }
        if (!Float.isNaN(e[0])) {
            Compare.close(expected, actual, terms, what);
        }
        var simulator = SimulatedDevice.simulator();
        assertEquals(0, simulator.findings(), () -> what + ": " + simulator.report().texts());
    }
}
