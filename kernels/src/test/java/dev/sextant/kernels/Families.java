package dev.sextant.kernels;

import dev.sextant.contract.GemmContract;
import dev.sextant.contract.IndexContract;
import dev.sextant.contract.LossContract;
import dev.sextant.contract.NormContract;
import dev.sextant.contract.OptimizerContract;
import dev.sextant.contract.PointwiseContract;
import dev.sextant.contract.PoolContract;
import dev.sextant.contract.ReduceContract;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// A sample of each kernel family's contract, small enough for traced runs.
final class Families {
    /// The families' `.cu` files, without the ending.
    static final List<String> SOURCES = List.of("bias", "index", "loss", "norm", "optim", "pointwise", "pool",
            "reduce");

    private Families() {
    }

    /// Runs every `step`-th test of the sample; the first violation is thrown.
    static void run(String source, int step, Device cuda) throws Throwable {
        for (DynamicTest test : (Iterable<DynamicTest>) every(step, tests(source, cuda))::iterator) {
            test.getExecutable().execute();
        }
    }

    private static Stream<DynamicTest> tests(String source, Device cuda) {
        return switch (source) {
            case "bias" -> {
                GemmContract c = () -> cuda;
                yield Stream.concat(biasInParts(cuda), c.linear());
            }
            case "index" -> {
                IndexContract c = () -> cuda;
                yield Stream.of(c.indexSelect().limit(2), c.gather().limit(2), shorterIndex(cuda), c.pad(),
                        c.resize().limit(3)).flatMap(s -> s);
            }
            case "loss" -> {
                LossContract c = () -> cuda;
                yield Stream.of(every(5, c.elementLosses()), c.crossEntropy().skip(4).limit(1),
                        c.crossEntropy().skip(3).limit(1)).flatMap(s -> s);
            }
            case "norm" -> {
                NormContract c = () -> cuda;
                yield Stream.of(every(5, c.batchNorm()), c.layerNorm().limit(1), c.groupNorm().limit(1),
                        c.localResponseNorm().skip(1).limit(1), batchNormInParts(cuda)).flatMap(s -> s);
            }
            case "optim" -> {
                OptimizerContract c = () -> cuda;
                yield c.updates();
            }
            case "pointwise" -> {
                PointwiseContract c = () -> cuda;
                yield Stream.of(every(5, c.unary()), every(9, c.binary()), every(4, c.where()),
                        c.dropout().skip(1).limit(1), c.bothGradientsIntoOneArray()).flatMap(s -> s);
            }
            case "pool" -> {
                PoolContract c = () -> cuda;
                yield Stream.concat(every(4, c.pooling()), every(2, c.adaptivePooling()));
            }
            default -> {
                ReduceContract c = () -> cuda;
                yield Stream.concat(every(9, c.reductions().filter(t -> !t.getDisplayName().contains("1001"))),
                        c.softmax().limit(2));
            }
        };
    }

    /// The contract's indices are as long as `x` on the other axes; they may be shorter.
    private static Stream<DynamicTest> shorterIndex(Device cuda) {
        return Stream.of(DynamicTest.dynamicTest("gather, index shorter than x", () -> {
            NDArray[] results = new NDArray[2];
            Device[] devices = {Device.ref(), cuda};
            for (int i = 0; i < 2; i++) {
                NDArray dy = NDArray.of(Compare.values(1, 6), Shape.of(3, 2), devices[i]);
                NDArray index = NDArray.of(new int[] {0, 3, 3, 1, 0, 0}, Shape.of(3, 2), devices[i]);
                results[i] = NDArray.of(Compare.values(2, 20), Shape.of(4, 5), devices[i]);
                devices[i].kernels().gatherBackward(new GatherSpec(0), dy, index, Target.add(results[i]));
            }
            Compare.close(results[0], results[1], 3, "gradient of gather");
        }));
    }

    /// Sums that are cut, the last part being shorter; rows of neither a block's width nor less.
    private static final Shape IN_PARTS = Shape.of(3, 2, 13, 31);

    private static Stream<DynamicTest> biasInParts(Device cuda) {
        return Stream.of(DynamicTest.dynamicTest("bias, in parts", () -> {
            NDArray[] results = new NDArray[2];
            Device[] devices = {Device.ref(), cuda};
            for (int i = 0; i < 2; i++) {
                NDArray dz = NDArray.of(Compare.values(1, (int) IN_PARTS.size()), IN_PARTS, devices[i]);
                results[i] = NDArray.of(Compare.values(2, 2), Shape.of(2), devices[i]);
                devices[i].kernels().conv2dBackwardBias(Conv2dSpec.of(1, 0), dz, Target.add(results[i]));
            }
            Compare.close(results[0], results[1], 1209, "gradient of a bias");
        }));
    }

    private static Stream<DynamicTest> batchNormInParts(Device cuda) {
        return Stream.of(DynamicTest.dynamicTest("batch norm, in parts", () -> {
            var spec = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);
            NDArray[][] results = new NDArray[2][];
            Device[] devices = {Device.ref(), cuda};
            for (int i = 0; i < 2; i++) {
                Device device = devices[i];
                NDArray[] two = IntStream.range(0, 5)
                        .mapToObj(seed -> NDArray.of(Compare.values(seed, 2), Shape.of(2), device))
                        .toArray(NDArray[]::new);
                NDArray[] four = IntStream.range(0, 4)
                        .mapToObj(seed -> NDArray.of(Compare.values(seed, (int) IN_PARTS.size()), IN_PARTS, device))
                        .toArray(NDArray[]::new);
                Aux aux = device.kernels().batchNorm(spec, four[0], two[0], null, null, null, four[1]);
                device.kernels().batchNormBackward(spec, four[2], four[0], two[0], aux, Target.add(four[3]),
                        Target.add(two[3]), Target.add(two[4]));
                results[i] = new NDArray[] {four[1], four[3], two[3], two[4]};
            }
            for (int i = 0; i < 4; i++) {
                Compare.close(results[0][i], results[1][i], 1209, "y, dx, dgamma, dbeta: number " + i);
            }
        }));
    }

    private static Stream<DynamicTest> every(int step, Stream<DynamicTest> tests) {
        List<DynamicTest> all = tests.toList();
        return IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get);
    }
}
