package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.random.Philox;
import dev.sextant.engine.spi.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Results have the same bits at any number of threads, and when they are computed again.
class SimdBitsTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void bitsDoNotDependOnTheThreads(int threads) {
        var expected = results(device(1));
        var actual = results(device(threads));
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(bits(expected.get(i)), bits(actual.get(i)), "result " + i + " at " + threads
                    + " threads");
        }
    }

    @Test
    void bitsRepeat() {
        Device device = device(4);
        var first = results(device);
        for (int round = 0; round < 5; round++) {
            var again = results(device);
            for (int i = 0; i < first.size(); i++) {
                assertArrayEquals(bits(first.get(i)), bits(again.get(i)), "result " + i + " in round " + round);
            }
        }
    }

    private static Device device(int threads) {
        return Device.simd(CpuSettings.defaults().withThreads(threads));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    private static NDArray numbers(Device device, long stream, int... dims) {
        Shape shape = Shape.of(dims);
        return NDArray.of(Philox.uniform(7, stream, (int) shape.size(), -1, 1), shape, device);
    }

    private static NDArray empty(Device device, Shape shape) {
        return NDArray.empty(shape, DType.FLOAT32, device);
    }

    /// Every kind of chunked sum: products, patches, filter groups, channel statistics, losses, reductions.
    private static List<float[]> results(Device d) {
        List<float[]> all = new ArrayList<>();
        convolutions(d, all, 33, 6, 14, 16, 5);
        convolutions(d, all, 3, 32, 17, 48, 3);
        convolutions(d, all, 5, 200, 6, 150, 3);
        var k = d.kernels();
        NDArray x = numbers(d, 3, 19, 400);
        NDArray w = numbers(d, 4, 120, 400);
        NDArray bias = numbers(d, 5, 120);
        NDArray y = empty(d, Shape.of(19, 120));
        k.linear(new LinearSpec(UnarySpec.SIGMOID), x, w, bias, y);
        all.add(y.toFloats());
        NDArray dw = empty(d, w.shape());
        k.linearBackwardWeight(LinearSpec.PLAIN, y, x, Target.set(dw));
        all.add(dw.toFloats());
        NDArray labels = NDArray.of(Philox.permutation(1, 2, 19), Shape.of(19), d);
        NDArray loss = empty(d, Shape.scalar());
        k.crossEntropy(CrossEntropySpec.MEAN, y, labels, null, loss);
        all.add(loss.toFloats());
        NDArray big = numbers(d, 6, 70, 1001);
        NDArray sum = empty(d, Shape.of(1001));
        k.reduce(ReduceSpec.of(ReduceSpec.Kind.SUM, big.shape(), false, 0), big, sum, null);
        all.add(sum.toFloats());
        NDArray row = empty(d, Shape.of(1001));
        k.binaryBackward(BinarySpec.ADD, big, row, big, null, Target.set(row));
        all.add(row.toFloats());
        all.add(new float[] {(float) k.sumOfSquares(big)});
        NDArray dropped = empty(d, big.shape());
        k.dropout(new DropoutSpec(0.3, 11, 12), big, dropped);
        all.add(dropped.toFloats());
        return all;
    }

    private static void convolutions(Device d, List<float[]> all, int n, int c, int size, int filters, int kernel) {
        var k = d.kernels();
        var spec = Conv2dSpec.of(1, 1);
        NDArray x = numbers(d, 1, n, c, size, size);
        NDArray w = numbers(d, 2, filters, c, kernel, kernel);
        Shape out = spec.outputShape(x.shape(), w.shape());
        NDArray y = NDArray.empty(out, DType.FLOAT32, d.backend().layoutFor(spec, out, x, w), d);
        k.conv2d(spec, x, w, null, y);
        all.add(y.toFloats());
        NDArray gamma = NDArray.full(Shape.of(filters), 1.5, DType.FLOAT32, d);
        NDArray z = NDArray.empty(out, DType.FLOAT32, like(y), d);
        var norm = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.RELU);
        var moments = k.batchNorm(norm, y, gamma, null, null, null, z);
        all.add(z.toFloats());
        var pool = Pool2dSpec.max(2, 2, 0);
        Shape pooledShape = pool.outputShape(out);
        NDArray pooled = NDArray.empty(pooledShape, DType.FLOAT32, d.backend().layoutFor(pool, pooledShape, z), d);
        var winners = k.pool2d(pool, z, pooled);
        NDArray dz = NDArray.empty(out, DType.FLOAT32, like(y), d);
        k.pool2dBackward(pool, pooled, z, pooled, winners, Target.set(dz));
        NDArray dy = NDArray.empty(out, DType.FLOAT32, like(y), d);
        NDArray dgamma = empty(d, gamma.shape());
        k.batchNormBackward(norm, dz, y, gamma, moments, Target.set(dy), Target.set(dgamma), null);
        all.add(dy.toFloats());
        all.add(dgamma.toFloats());
        NDArray dx = empty(d, x.shape());
        NDArray dw = empty(d, w.shape());
        NDArray dbias = empty(d, Shape.of(filters));
        k.conv2dBackwardData(spec, dy, w, Target.set(dx));
        k.conv2dBackwardFilter(spec, dy, x, Target.set(dw));
        k.conv2dBackwardBias(spec, dy, Target.set(dbias));
        all.add(dx.toFloats());
        all.add(dw.toFloats());
        all.add(dbias.toFloats());
    }

    private static Layout like(NDArray y) {
        return y.layout() instanceof Layout.Blocked b ? Layout.Blocked.of(y.shape(), b.lanes(), b.halo())
                : Layout.Strided.of(y.shape());
    }
}
