package dev.sextant.engine.cpu.ref;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import org.junit.jupiter.api.Test;

/// The oracle against numbers worked out by hand: nothing of ours proves the oracle but arithmetic and the reference
/// data.
class RefWorkedExamplesTest {
    private static final float[] COUNT = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    private static final float[] KERNEL = {0, 1, 2, 3};

    private final Kernels kernels = Device.ref().kernels();

    private static NDArray array(float[] values, int... dims) {
        return NDArray.of(values, Shape.of(dims), Device.ref());
    }

    private static float[] values(double... values) {
        float[] f = new float[values.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) values[i];
        }
        return f;
    }

    private static NDArray result(int... dims) {
        return NDArray.full(Shape.of(dims), Double.NaN, DType.FLOAT32, Device.ref());
    }

    private float[] conv(Conv2dSpec spec, NDArray x, NDArray w) {
        NDArray y = result(spec.outputShape(x.shape(), w.shape()).dims());
        kernels.conv2d(spec, x, w, null, y);
        return y.toFloats();
    }

    @Test
    void crossCorrelation() {
        assertArrayEquals(values(19, 25, 37, 43),
                conv(Conv2dSpec.of(1, 0), array(COUNT, 1, 1, 3, 3), array(KERNEL, 1, 1, 2, 2)));
    }

    @Test
    void trueConvolutionIsTheFlippedKernel() {
        assertArrayEquals(values(5, 11, 23, 29),
                conv(Conv2dSpec.of(1, 0), array(COUNT, 1, 1, 3, 3), array(values(3, 2, 1, 0), 1, 1, 2, 2)));
    }

    @Test
    void aSecondChannelAdds() {
        float[] x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        float[] w = {0, 1, 2, 3, 1, 2, 3, 4};
        assertArrayEquals(values(56, 72, 104, 120),
                conv(Conv2dSpec.of(1, 0), array(x, 1, 2, 3, 3), array(w, 1, 2, 2, 2)));
    }

    @Test
    void paddingAndStride() {
        NDArray x = array(COUNT, 1, 1, 3, 3);
        NDArray w = array(KERNEL, 1, 1, 2, 2);
        assertArrayEquals(values(0, 3, 8, 4, 9, 19, 25, 10, 21, 37, 43, 16, 6, 7, 8, 0),
                conv(Conv2dSpec.of(1, 1), x, w));
        assertArrayEquals(values(0, 8, 6, 8), conv(new Conv2dSpec(Pair.of(3, 2), Pair.ONE, Pair.ONE, 1,
                UnarySpec.IDENTITY), x, w));
    }

    @Test
    void twiceTheKernelGivesOneNumber() {
        NDArray w = array(KERNEL, 1, 1, 2, 2);
        float[] once = conv(Conv2dSpec.of(1, 0), array(COUNT, 1, 1, 3, 3), w);
        assertArrayEquals(values(228), conv(Conv2dSpec.of(1, 0), array(once, 1, 1, 2, 2), w));
    }

    @Test
    void theBinaryImage() {
        float[] x = {1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
        float[] w = {1, 0, 1, 0, 1, 0, 1, 0, 1};
        assertArrayEquals(values(4, 3, 4, 2, 4, 3, 2, 3, 4),
                conv(Conv2dSpec.of(1, 0), array(x, 1, 1, 5, 5), array(w, 1, 1, 3, 3)));
    }

    @Test
    void gradientsOfTheCrossCorrelation() {
        NDArray x = array(COUNT, 1, 1, 3, 3);
        NDArray w = array(KERNEL, 1, 1, 2, 2);
        NDArray dz = array(values(1, 0, 0, 10), 1, 1, 2, 2);
        NDArray dx = result(1, 1, 3, 3);
        kernels.conv2dBackwardData(Conv2dSpec.of(1, 0), dz, w, Target.set(dx));
        // The kernel at the upper left, plus ten times the kernel at the lower right.
        assertArrayEquals(values(0, 1, 0, 2, 3, 10, 0, 20, 30), dx.toFloats());
        NDArray dw = result(1, 1, 2, 2);
        kernels.conv2dBackwardFilter(Conv2dSpec.of(1, 0), dz, x, Target.set(dw));
        assertArrayEquals(values(40, 51, 73, 84), dw.toFloats());
        NDArray dbias = array(values(100), 1);
        kernels.conv2dBackwardBias(Conv2dSpec.of(1, 0), dz, Target.add(dbias));
        assertArrayEquals(values(111), dbias.toFloats());
    }

    @Test
    void pooling() {
        NDArray x = array(COUNT, 1, 1, 3, 3);
        NDArray y = result(1, 1, 2, 2);
        kernels.pool2d(Pool2dSpec.max(2, 1, 0), x, y);
        assertArrayEquals(values(4, 5, 7, 8), y.toFloats());
        kernels.pool2d(Pool2dSpec.avg(2, 1, 0), x, y);
        assertArrayEquals(values(2, 3, 5, 6), y.toFloats());
    }

    @Test
    void theFirstMaximumTakesTheGradient() {
        NDArray x = array(values(1, 1, 1, 1), 1, 1, 2, 2);
        NDArray dx = result(1, 1, 2, 2);
        kernels.pool2dBackward(Pool2dSpec.max(2, 2, 0), array(values(3), 1, 1, 1, 1), x, null, null, Target.set(dx));
        assertArrayEquals(values(3, 0, 0, 0), dx.toFloats());
    }

    @Test
    void averagesWithPaddingCountedOrNot() {
        NDArray x = array(values(4, 8, 12, 16), 1, 1, 2, 2);
        for (boolean counted : new boolean[] {true, false}) {
            var spec = new Pool2dSpec(PoolKind.AVG, Pair.of(2), Pair.of(2), Pair.ONE, Pair.ONE, false, counted);
            NDArray y = result(1, 1, 2, 2);
            kernels.pool2d(spec, x, y);
            assertArrayEquals(counted ? values(1, 2, 3, 4) : values(4, 8, 12, 16), y.toFloats());
        }
    }

    @Test
    void batchNormOfTwoFeatures() {
        NDArray mean = array(values(0, 0), 2);
        NDArray variance = array(values(1, 1), 2);
        NDArray y = result(2, 2);
        kernels.batchNorm(new BatchNormSpec(0, 1, true, UnarySpec.IDENTITY), array(values(1, 2, 3, 4), 2, 2), null,
                null, mean, variance, y);
        assertArrayEquals(values(-1, -1, 1, 1), y.toFloats());
        assertArrayEquals(values(2, 3), mean.toFloats());
        assertArrayEquals(values(2, 2), variance.toFloats(), "unbiased: twice the biased variance of 1");
    }

    @Test
    void batchNormOfThreeChannels() {
        float[] x = new float[24];
        for (int i = 0; i < 24; i++) {
            x[i] = i % 12 + 1;
        }
        NDArray mean = array(new float[3], 3);
        NDArray variance = array(values(1, 1, 1), 3);
        kernels.batchNorm(new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY), array(x, 2, 3, 2, 2), null, null,
                mean, variance, result(2, 3, 2, 2));
        assertArrayEquals(values(.25, .65, 1.05), mean.toFloats(), 1e-7f);
        assertArrayEquals(values(1.042857, 1.042857, 1.042857), variance.toFloats(), 1e-6f);
    }

    @Test
    void gammaAndBetaCanUndoBatchNorm() {
        NDArray x = array(values(1, 5, 2, 8, 4, 2), 3, 2);
        double eps = 0.5;
        // γ = √(σ² + ε), β = μ, per feature.
        NDArray gamma = array(values(Math.sqrt(14.0 / 9 + eps), Math.sqrt(6 + eps)), 2);
        NDArray beta = array(values(7.0 / 3, 5), 2);
        NDArray y = result(3, 2);
        kernels.batchNorm(new BatchNormSpec(eps, 0.1, true, UnarySpec.IDENTITY), x, gamma, beta, null, null, y);
        assertArrayEquals(x.toFloats(), y.toFloats(), 1e-6f);
    }

    @Test
    void softmax() {
        NDArray x = NDArray.of(new double[] {.1, 10, .1, 1000, 10, 1000}, Shape.of(2, 3), Device.ref());
        NDArray y = NDArray.empty(Shape.of(2, 3), DType.FLOAT64, Device.ref());
        kernels.softmax(new SoftmaxSpec(1, false), x, y);
        assertArrayEquals(new double[] {5.016965e-5, .99989966, 5.016965e-5, .5, 0, .5}, y.toDoubles(), 5e-9);
    }

    @Test
    void crossEntropyOfClassThree() {
        float[] logits = {(float) Math.log(.2), (float) Math.log(.2), (float) Math.log(.6)};
        NDArray loss = result();
        kernels.crossEntropy(CrossEntropySpec.MEAN, array(logits, 1, 3), NDArray.of(new int[] {2}, Shape.of(1),
                Device.ref()), null, loss);
        assertEquals(.510826, loss.item(), 1e-6);
    }

    @Test
    void linearWithItsActivation() {
        NDArray y = result(2, 2);
        kernels.linear(new LinearSpec(UnarySpec.RELU), array(values(1, 2, 3, 4), 2, 2),
                array(values(1, -1, 2, 1), 2, 2), array(values(.5, -1), 2), y);
        assertArrayEquals(values(0, 3, 0, 9), y.toFloats());
    }

    @Test
    void dropoutKeepsItsExpectationAndDropsTheGradient() {
        int n = 40_000;
        NDArray x = NDArray.full(Shape.of(n), 1, DType.FLOAT32, Device.ref());
        NDArray y = result(n);
        NDArray dx = result(n);
        var spec = new DropoutSpec(0.3, 9, 4);
        kernels.dropout(spec, x, y);
        kernels.dropoutBackward(spec, x, Target.set(dx));
        float[] out = y.toFloats();
        assertArrayEquals(out, dx.toFloats(), "kept and dropped alike, both divided by 0.7");
        double mean = 0;
        for (float v : out) {
            assertEquals(v == 0 ? 0 : 1 / 0.7, v, 1e-6);
            mean += v / n;
        }
        // Standard deviation of the mean: √(0.3/0.7/n) = 0.0033.
        assertEquals(1, mean, 0.0132);
    }

    @Test
    void float64IsComputedInFull() {
        NDArray x = NDArray.of(new double[] {0.1, 0.2, 0.3}, Shape.of(1, 3), Device.ref());
        NDArray y = NDArray.empty(Shape.of(1, 1), DType.FLOAT64, Device.ref());
        kernels.linear(LinearSpec.PLAIN, x, NDArray.of(new double[] {1, 1, 1}, Shape.of(1, 3), Device.ref()), null,
                y);
        assertEquals(0.6, y.item(), 1e-15);
    }

    @Test
    void theErrorFunctionAgreesWithTables() {
        // Abramowitz & Stegun, table 7.1, and erfc(4) = 1.541725790e-8.
        assertEquals(0.5204998778, Functions.erf(0.5), 1e-10);
        assertEquals(0.8427007929, Functions.erf(1), 1e-10);
        assertEquals(-0.9953222650, Functions.erf(-2), 1e-10);
        assertEquals(0.9999779095, Functions.erf(3), 1e-10);
        assertEquals(1.541725790e-8, 1 - Functions.erf(4), 1e-15);
    }
}
