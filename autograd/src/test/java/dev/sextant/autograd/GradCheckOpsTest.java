package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The gradient of every operation against central differences, at several shapes.
class GradCheckOpsTest {
    private final SplittableRandom random = new SplittableRandom(77);
    private final List<DynamicTest> tests = new ArrayList<>();

    /// Numbers in a range, all different by at least a thousandth of it, so that no maximum has ties.
    private NDArray numbers(double low, double high, int... dims) {
        Shape shape = Shape.of(dims);
        int n = (int) shape.size();
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = low + (high - low) * (i + 0.1 + 0.8 * random.nextDouble()) / n;
        }
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
        return NDArray.of(values, shape, Device.ref());
    }

    private NDArray numbers(int... dims) {
        return numbers(-2, 2, dims);
    }

    private static NDArray ints(int... values) {
        return NDArray.of(values, Shape.of(values.length), Device.ref());
    }

    private void check(String name, GradCheck.Computation f, NDArray... inputs) {
        tests.add(DynamicTest.dynamicTest(name, () -> {
            var report = GradCheck.check(f, inputs);
            assertTrue(report.elements() == Arrays.stream(inputs).mapToLong(NDArray::size).sum(), report.toString());
        }));
    }

    private Stream<DynamicTest> tests() {
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> convolution() {
        for (UnarySpec act : List.of(UnarySpec.IDENTITY, UnarySpec.TANH, UnarySpec.SIGMOID)) {
            check("3×3 " + act.opName(), v -> Convolution.conv2d(Conv2dSpec.of(1, 1).with(act), v[0], v[1], v[2]),
                    numbers(2, 3, 5, 4), numbers(4, 3, 3, 3), numbers(4));
        }
        check("strided, dilated, grouped, no bias", v -> Convolution.conv2d(
                new Conv2dSpec(Pair.of(2, 1), Pair.of(1, 2), Pair.of(1, 2), 2, UnarySpec.IDENTITY), v[0], v[1], null),
                numbers(2, 4, 6, 7), numbers(6, 2, 3, 2));
        check("depthwise, stride over kernel", v -> Convolution.conv2d(
                new Conv2dSpec(Pair.of(3), Pair.ZERO, Pair.ONE, 3, UnarySpec.IDENTITY), v[0], v[1], v[2]),
                numbers(1, 3, 7, 7), numbers(3, 1, 2, 2), numbers(3));
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> products() {
        for (UnarySpec act : List.of(UnarySpec.IDENTITY, UnarySpec.TANH)) {
            check("linear " + act.opName(), v -> Linear.linear(new LinearSpec(act), v[0], v[1], v[2]), numbers(3, 5),
                    numbers(4, 5), numbers(4));
        }
        check("linear of a vector", v -> Linear.linear(LinearSpec.PLAIN, v[0], v[1], v[2]), numbers(5), numbers(4, 5),
                numbers(4));
        check("linear of three axes", v -> Linear.linear(LinearSpec.PLAIN, v[0], v[1], null), numbers(2, 3, 5),
                numbers(4, 5));
        int[][][] shapes = {{{3, 4}, {4, 5}}, {{4}, {4}}, {{3, 4}, {4}}, {{4}, {4, 5}},
            {{2, 3, 4}, {2, 4, 2}}, {{2, 1, 3, 4}, {5, 4, 2}}, {{3, 4}, {2, 4, 5}},
            {{2, 3, 4}, {4}}, {{4}, {3, 4, 2}}};
        for (int[][] s : shapes) {
            check("matmul " + Arrays.deepToString(s), v -> Matmul.matmul(v[0], v[1]), numbers(s[0]), numbers(s[1]));
        }
        check("matmul aᵀ·b", v -> Matmul.matmul(new MatmulSpec(true, false), v[0], v[1]), numbers(4, 3),
                numbers(2, 4, 5));
        check("matmul a·bᵀ", v -> Matmul.matmul(new MatmulSpec(false, true), v[0], v[1]), numbers(2, 3, 4),
                numbers(5, 4));
        check("matmul aᵀ·bᵀ", v -> Matmul.matmul(new MatmulSpec(true, true), v[0], v[1]), numbers(4, 3),
                numbers(5, 4));
        check("matmul of x with itself", v -> Matmul.matmul(v[0], v[0]), numbers(4, 4));
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> pooling() {
        for (PoolKind kind : PoolKind.values()) {
            check(kind + " 2", v -> Pooling.pool2d(new Pool2dSpec(kind, Pair.of(2), Pair.of(2), Pair.ZERO, Pair.ONE,
                    false, true), v[0]), numbers(2, 3, 6, 4));
            check(kind + " 3/2 padded, ceil", v -> Pooling.pool2d(new Pool2dSpec(kind, Pair.of(3, 2), Pair.of(2),
                    Pair.ONE, Pair.ONE, true, false), v[0]), numbers(2, 2, 6, 5));
            check(kind + " adaptive", v -> Pooling.adaptivePool2d(new AdaptivePool2dSpec(kind, Pair.of(3, 2)), v[0]),
                    numbers(2, 2, 7, 5));
        }
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> normalization() {
        NDArray mean = numbers(3);
        NDArray variance = numbers(0.5, 2, 3);
        for (UnarySpec act : List.of(UnarySpec.IDENTITY, UnarySpec.SIGMOID)) {
            check("batch norm, training " + act.opName(), v -> Normalization.batchNorm(
                    new BatchNormSpec(1e-3, 0.1, true, act), v[0], v[1], v[2], null, null), numbers(2, 3, 2, 4),
                    numbers(3), numbers(3));
            check("batch norm, evaluation " + act.opName(), v -> Normalization.batchNorm(
                    new BatchNormSpec(1e-3, 0.1, false, act), v[0], v[1], v[2], mean, variance), numbers(2, 3, 2, 4),
                    numbers(3), numbers(3));
            check("batch norm and residual " + act.opName(), v -> Normalization.batchNorm(
                    new BatchNormSpec(1e-3, 0.1, true, act), v[0], v[3], v[1], v[2], null, null), numbers(2, 3, 2, 4),
                    numbers(3), numbers(3), numbers(2, 3, 2, 4));
            check("batch norm and its own input " + act.opName(), v -> Normalization.batchNorm(
                    new BatchNormSpec(1e-3, 0.1, true, act), v[0], v[0], v[1], v[2], null, null), numbers(2, 3, 2, 4),
                    numbers(3), numbers(3));
            check("batch norm and a residual with other uses " + act.opName(), v -> Arithmetic.mul(v[3],
                    Normalization.batchNorm(new BatchNormSpec(1e-3, 0.1, true, act), v[0],
                            Pointwise.affine(v[3], 2, 0), v[1], v[2], null, null)),
                    numbers(2, 3, 2, 4), numbers(3), numbers(3), numbers(2, 3, 2, 4));
        }
        check("batch norm of a matrix", v -> Normalization.batchNorm(
                new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY), v[0], null, null, null, null), numbers(6, 3));
        check("layer norm", v -> Normalization.layerNorm(new LayerNormSpec(2, 1e-3), v[0], v[1], v[2]),
                numbers(3, 4, 5), numbers(4, 5), numbers(4, 5));
        check("group norm", v -> Normalization.groupNorm(new GroupNormSpec(3, 1e-3), v[0], v[1], v[2]),
                numbers(2, 6, 3, 2), numbers(6), numbers(6));
        for (int size : new int[] {3, 4}) {
            check("local response norm " + size, v -> Normalization.localResponseNorm(
                    new LocalResponseNormSpec(size, 0.7, 0.75, 1.5), v[0]), numbers(2, 6, 2, 3));
        }
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> unary() {
        for (Kind kind : Kind.values()) {
            UnarySpec spec = switch (kind) {
                case SCALED_TANH -> new UnarySpec(kind, 1.7159, 2.0 / 3);
                case HARDTANH, CLIP -> new UnarySpec(kind, -0.777, 0.888);
                case LEAKY_RELU, ELU -> new UnarySpec(kind, 0.3, 0);
                case SOFTPLUS -> new UnarySpec(kind, 2, 20);
                case POW -> new UnarySpec(kind, 2.3, 0);
                case AFFINE -> new UnarySpec(kind, -3, 0.5);
                default -> UnarySpec.of(kind);
            };
            double low = switch (kind) {
                case LOG, SQRT, RSQRT, RECIPROCAL, POW -> 0.3;
                case LOG1P -> -0.7;
                default -> -4;
            };
            check(kind.name(), v -> Pointwise.unary(spec, v[0]), numbers(low, 4.05, 3, 7));
            check(kind + " of a scalar", v -> Pointwise.unary(spec, v[0]), numbers(low, 4.05));
        }
        check("dropout", v -> Pointwise.dropout(new DropoutSpec(0.4, 1, 2), v[0]), numbers(5, 7));
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> arithmetic() {
        int[][][] shapes = {{{3, 4}, {3, 4}}, {{2, 3, 4}, {3, 1}}, {{2, 1, 4}, {3, 1}},
            {{}, {2, 3}}, {{1, 5, 1, 1}, {2, 5, 2, 2}}};
        for (int[][] s : shapes) {
            String name = " " + Arrays.deepToString(s);
            check("add" + name, v -> Arithmetic.add(v[0], v[1]), numbers(s[0]), numbers(s[1]));
            check("sub" + name, v -> Arithmetic.sub(v[0], v[1]), numbers(s[0]), numbers(s[1]));
            check("mul" + name, v -> Arithmetic.mul(v[0], v[1]), numbers(s[0]), numbers(s[1]));
            check("div" + name, v -> Arithmetic.div(v[0], v[1]), numbers(s[0]), numbers(0.5, 2, s[1]));
            check("pow" + name, v -> Arithmetic.pow(v[0], v[1]), numbers(0.5, 2, s[0]), numbers(s[1]));
            check("maximum" + name, v -> Arithmetic.maximum(v[0], v[1]), numbers(s[0]), numbers(-1.93, 1.97, s[1]));
            check("minimum" + name, v -> Arithmetic.minimum(v[0], v[1]), numbers(s[0]), numbers(-1.93, 1.97, s[1]));
        }
        NDArray condition = NDArray.of(new int[] {1, 0, 0, 1}, Shape.of(4), Device.ref());
        check("where", v -> Arithmetic.where(condition, v[0], v[1]), numbers(3, 4), numbers(2, 1, 1));
        check("x·x", v -> Arithmetic.mul(v[0], v[0]), numbers(3, 4));
        check("x − x/2 + 1", v -> Arithmetic.add(Arithmetic.sub(v[0], Arithmetic.mul(v[0], 0.5)), 1), numbers(3, 4));
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> reductions() {
        int[][] axes = {{}, {0}, {1}, {-1}, {0, 2}};
        for (ReduceSpec.Kind kind : ReduceSpec.Kind.values()) {
            if (kind == ReduceSpec.Kind.ARGMAX || kind == ReduceSpec.Kind.ARGMIN) {
                continue;
            }
            for (int[] a : axes) {
                for (boolean keep : new boolean[] {false, true}) {
                    check(kind + " " + Arrays.toString(a) + (keep ? " kept" : ""), v -> Reductions.reduce(
                            ReduceSpec.of(kind, v[0].shape(), keep, keep, a), v[0]), numbers(0.4, 1.6, 3, 4, 2));
                }
            }
        }
        for (int axis = 0; axis < 3; axis++) {
            int a = axis;
            check("softmax " + a, v -> Reductions.softmax(v[0], a), numbers(3, 4, 2));
            check("log-softmax " + a, v -> Reductions.logSoftmax(v[0], a), numbers(3, 4, 2));
            check("cumsum " + a, v -> Reductions.cumsum(v[0], a), numbers(3, 4, 2));
            check("max with indices " + a, v -> Reductions.maxWithIndices(v[0], true, a).values(), numbers(3, 4, 2));
        }
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> shaping() {
        check("reshape", v -> Shaping.reshape(v[0], 4, -1), numbers(2, 3, 4));
        check("reshape of a transposed array", v -> Shaping.reshape(Shaping.transpose(v[0], 0, 2), 6, 4),
                numbers(2, 3, 4));
        check("flatten", v -> Shaping.flatten(v[0]), numbers(2, 3, 4));
        check("permute", v -> Shaping.permute(v[0], 2, 0, 1), numbers(2, 3, 4));
        check("unsqueeze and squeeze", v -> Shaping.squeeze(Shaping.unsqueeze(Shaping.unsqueeze(v[0], -1), 0), 0),
                numbers(2, 3));
        check("narrow", v -> Shaping.narrow(v[0], 1, 1, 2), numbers(2, 4, 3));
        check("slice", v -> Shaping.slice(v[0], -1, 1, 6, 2), numbers(2, 7));
        check("two parts of one array", v -> Arithmetic.mul(Shaping.narrow(v[0], 0, 0, 2),
                Shaping.narrow(v[0], 0, 1, 2)), numbers(3, 4));
        check("expand", v -> Shaping.expand(v[0], Shape.of(2, 3, 4)), numbers(3, 1));
        check("repeat", v -> Shaping.repeat(v[0], 2, 1, 3), numbers(3, 2));
        check("concat", v -> Shaping.concat(1, List.of(v)), numbers(2, 3), numbers(2, 1), numbers(2, 2));
        check("concat of x with itself", v -> Shaping.concat(0, List.of(v[0], v[0])), numbers(2, 3));
        check("stack", v -> Shaping.stack(-1, List.of(v)), numbers(2, 3), numbers(2, 3));
        check("index select", v -> Shaping.indexSelect(v[0], 1, ints(2, 0, 2, 2)), numbers(2, 3, 2));
        NDArray index = NDArray.of(new int[] {0, 2, 2, 1, 0, 0}, Shape.of(2, 3), Device.ref());
        check("gather", v -> Shaping.gather(v[0], 0, index), numbers(3, 4));
        for (PadSpec.Mode mode : PadSpec.Mode.values()) {
            check("pad " + mode, v -> Shaping.pad(new PadSpec(mode, 2, 1, 1, 2, 3), v[0]), numbers(2, 3, 4));
        }
        check("crop", v -> Shaping.pad(new PadSpec(PadSpec.Mode.CONSTANT, -1, 1, 0, -1, 0), v[0]), numbers(2, 3, 4));
        for (Pair size : List.of(Pair.of(7, 3), Pair.of(2, 9))) {
            check("nearest " + size, v -> Shaping.resize(new ResizeSpec(size, false, false), v[0]),
                    numbers(1, 2, 4, 5));
            check("bilinear " + size, v -> Shaping.resize(new ResizeSpec(size, true, false), v[0]),
                    numbers(1, 2, 4, 5));
            check("bilinear, corners aligned " + size, v -> Shaping.resize(new ResizeSpec(size, true, true), v[0]),
                    numbers(1, 2, 4, 5));
        }
        return tests();
    }

    @TestFactory
    Stream<DynamicTest> losses() {
        NDArray weight = numbers(0.5, 2, 4);
        NDArray probabilities = numbers(0.1, 1, 5, 4);
        for (Reduction reduction : Reduction.values()) {
            for (double smoothing : new double[] {0, 0.2}) {
                String name = "cross-entropy " + reduction + " " + smoothing;
                var spec = new CrossEntropySpec(reduction, smoothing, 1, false);
                check(name, v -> Losses.crossEntropy(spec, v[0], ints(3, 0, 1, 2, 0), null), numbers(5, 4));
                check(name + " weighted", v -> Losses.crossEntropy(spec, v[0], ints(3, 0, 1, 2, 0), weight),
                        numbers(5, 4));
                check(name + " probabilities", v -> Losses.crossEntropy(
                        new CrossEntropySpec(reduction, smoothing, -100, true), v[0], probabilities, weight),
                        numbers(5, 4));
            }
            NDArray images = NDArray.of(new int[] {3, 0, 1, 2, 0, 1}, Shape.of(1, 2, 3), Device.ref());
            check("cross-entropy of images " + reduction, v -> Losses.crossEntropy(
                    new CrossEntropySpec(reduction, 0, -100, false), v[0], images, null), numbers(1, 4, 2, 3));
            check("nll " + reduction, v -> Losses.nll(reduction, v[0], ints(3, 0, 1, 2, 0), weight), numbers(5, 4));
            check("mse " + reduction, v -> Losses.mse(reduction, v[0], v[1]), numbers(3, 4), numbers(3, 4));
            check("l1 " + reduction, v -> Losses.l1(reduction, v[0], v[1]), numbers(3, 4), numbers(-1.9, 1.95, 3, 4));
            check("smooth l1 " + reduction, v -> Losses.smoothL1(reduction, 0.7, v[0], v[1]), numbers(3, 4),
                    numbers(-1.9, 1.95, 3, 4));
            check("huber " + reduction, v -> Losses.huber(reduction, 0.7, v[0], v[1]), numbers(3, 4),
                    numbers(-1.9, 1.95, 3, 4));
            check("bce " + reduction, v -> Losses.bceWithLogits(reduction, v[0], v[1], weight), numbers(3, 4),
                    numbers(0.1, 0.9, 3, 4));
        }
        return tests();
    }
}
