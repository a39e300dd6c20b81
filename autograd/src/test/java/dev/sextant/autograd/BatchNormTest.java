package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.BatchNormByHand.Convention;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What batch normalisation is: the kernel against the same formula in plain operations, and numbers worked by hand.
class BatchNormTest {
    private static final double EPS = 1e-5;

    static Stream<Arguments> devicesAndShapes() {
        return Stream.of(Device.ref(), Device.standard()).flatMap(device -> Stream.of(Shape.of(6, 5),
                Shape.of(4, 3, 5, 7), Shape.of(1, 17, 3, 3), Shape.of(3, 4, 6)).map(s -> Arguments.of(device, s)));
    }

    private static NDArray numbers(long seed, double low, double high, Shape shape, Device device) {
        var random = new SplittableRandom(seed);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return NDArray.of(values, shape, device);
    }

    private static NDArray of(Device device, double... values) {
        float[] f = new float[values.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) values[i];
        }
        return NDArray.of(f, Shape.of(f.length), device);
    }

    private static BatchNormSpec spec(double eps, boolean training) {
        return new BatchNormSpec(eps, 0.1, training, UnarySpec.IDENTITY);
    }

    /// Everything one pass computes, from fresh inputs with fixed numbers.
    private record Pass(float[] y, float[] dx, float[] dgamma, float[] dbeta, float[] mean, float[] variance) {
        static Pass of(boolean byHand, boolean training, Shape shape, Device device) {
            Shape channels = Shape.of(shape.dim(1));
            Var x = Var.leaf(numbers(1, -2, 5, shape, device));
            Var gamma = Var.leaf(numbers(2, 0.5, 2, channels, device));
            Var beta = Var.leaf(numbers(3, -1, 1, channels, device));
            NDArray mean = numbers(4, -1, 1, channels, device);
            NDArray variance = numbers(5, 0.5, 3, channels, device);
            Var y;
            if (byHand && training) {
                var result = BatchNormByHand.training(x, gamma, beta, mean, variance, EPS, 0.1, Convention.PYTORCH);
                y = result.y();
                mean = result.mean();
                variance = result.variance();
            } else if (byHand) {
                y = BatchNormByHand.evaluation(x, gamma, beta, mean, variance, EPS);
            } else {
                y = Normalization.batchNorm(spec(EPS, training), x, gamma, beta, mean, variance);
            }
            y.backward(numbers(6, -1, 1, shape, device));
            return new Pass(y.value().toFloats(), x.grad().toFloats(), gamma.grad().toFloats(),
                    beta.grad().toFloats(), mean.toFloats(), variance.toFloats());
        }
    }

    private static void sameByHand(boolean training, Shape shape, Device device) {
        Pass kernel = Pass.of(false, training, shape, device);
        Pass hand = Pass.of(true, training, shape, device);
        assertArrayEquals(hand.y, kernel.y, 1e-5f);
        assertArrayEquals(hand.dx, kernel.dx, 1e-5f);
        assertArrayEquals(hand.dgamma, kernel.dgamma, 1e-4f);
        assertArrayEquals(hand.dbeta, kernel.dbeta, 1e-4f);
        assertArrayEquals(hand.mean, kernel.mean, 1e-6f);
        assertArrayEquals(hand.variance, kernel.variance, 1e-5f);
    }

    @ParameterizedTest
    @MethodSource("devicesAndShapes")
    void trainingIsWhatTheFormulaSays(Device device, Shape shape) {
        sameByHand(true, shape, device);
    }

    @ParameterizedTest
    @MethodSource("devicesAndShapes")
    void evaluationIsWhatTheFormulaSays(Device device, Shape shape) {
        sameByHand(false, shape, device);
        Pass pass = Pass.of(false, false, shape, device);
        Shape channels = Shape.of(shape.dim(1));
        assertArrayEquals(numbers(4, -1, 1, channels, device).toFloats(), pass.mean, "evaluation moves nothing");
    }

    @Test
    void theFormulaPassesGradcheck() {
        NDArray[] inputs = {numbers(1, -2, 2, Shape.of(3, 2, 2, 2), Device.ref()),
            numbers(2, 0.5, 2, Shape.of(2), Device.ref()), numbers(3, -1, 1, Shape.of(2), Device.ref())};
        NDArray zero = NDArray.of(new double[2], Shape.of(2), Device.ref());
        NDArray one = NDArray.of(new double[] {1, 2}, Shape.of(2), Device.ref());
        GradCheck.check(v -> BatchNormByHand.training(v[0], v[1], v[2], zero, one, EPS, 0.1, Convention.BOOK).y(),
                inputs);
        GradCheck.check(v -> BatchNormByHand.evaluation(v[0], v[1], v[2], zero, one, EPS), inputs);
    }

    @Test
    void statisticsOfTwoFeatures() {
        for (Device device : List.of(Device.ref(), Device.standard())) {
            Var x = Var.of(NDArray.of(new float[] {1, 2, 3, 4}, Shape.of(2, 2), device));
            Var one = Var.of(of(device, 1, 1));
            Var zero = Var.of(of(device, 0, 0));
            // Momentum 1 in PyTorch's sense, 0 in the book's: the batch's own statistics.
            var book = BatchNormByHand.training(x, one, zero, of(device, 0, 0), of(device, 0, 0), EPS, 0,
                    Convention.BOOK);
            assertArrayEquals(new float[] {2, 3}, book.mean().toFloats(), 1e-6f);
            assertArrayEquals(new float[] {1, 1}, book.variance().toFloats(), 1e-6f);
        }
    }

    @Test
    void oneStepInBothConventions() {
        for (Device device : List.of(Device.ref(), Device.standard())) {
            float[] values = new float[24];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 12 + 1;
            }
            Var x = Var.of(NDArray.of(values, Shape.of(2, 3, 2, 2), device));
            Var one = Var.of(of(device, 1, 1, 1));
            Var zero = Var.of(of(device, 0, 0, 0));
            NDArray mean = of(device, 0, 0, 0);
            NDArray variance = of(device, 1, 1, 1);
            var book = BatchNormByHand.training(x, one, zero, mean, variance, EPS, 0.9, Convention.BOOK);
            assertArrayEquals(new float[] {.25f, .65f, 1.05f}, book.mean().toFloats(), 1e-6f);
            assertArrayEquals(new float[] {1.025f, 1.025f, 1.025f}, book.variance().toFloats(), 1e-6f);
            var torch = BatchNormByHand.training(x, one, zero, mean, variance, EPS, 0.1, Convention.PYTORCH);
            assertArrayEquals(new float[] {.25f, .65f, 1.05f}, torch.mean().toFloats(), 1e-6f);
            assertArrayEquals(new float[] {1.042857f, 1.042857f, 1.042857f}, torch.variance().toFloats(), 1e-6f);
            var fromZero = BatchNormByHand.training(x, one, zero, mean, of(device, 0, 0, 0), EPS, 0.9,
                    Convention.BOOK);
            assertArrayEquals(new float[] {.125f, .125f, .125f}, fromZero.variance().toFloats(), 1e-6f);
            assertArrayEquals(new float[] {0, 0, 0}, mean.toFloats(), "a pure function leaves its inputs alone");
            assertArrayEquals(new float[] {1, 1, 1}, variance.toFloats());

            Normalization.batchNorm(spec(EPS, true), x, one, zero, mean, variance);
            assertArrayEquals(torch.mean().toFloats(), mean.toFloats(), 1e-6f, "the kernel follows PyTorch");
            assertArrayEquals(torch.variance().toFloats(), variance.toFloats(), 1e-6f);
        }
    }

    @ParameterizedTest
    @MethodSource("devicesAndShapes")
    void deviationForGammaAndMeanForBetaGiveBackTheInput(Device device, Shape shape) {
        Var x = Var.of(numbers(9, -3, 8, shape, device));
        int[] others = IntStream.range(0, shape.rank()).filter(a -> a != 1).toArray();
        Var mean = Reductions.mean(x, false, others);
        Var deviation = Pointwise.sqrt(Arithmetic.add(Reductions.var(x, false, false, others), EPS));
        Var y = Normalization.batchNorm(spec(EPS, true), x, deviation, mean, null, null);
        assertArrayEquals(x.value().toFloats(), y.value().toFloats(), 5e-6f);
    }

    @Test
    void aBatchOfOneCollapsesToBetaOnlyWithoutPixels() {
        for (Device device : List.of(Device.ref(), Device.standard())) {
            Var gamma = Var.of(of(device, 2, 3));
            Var beta = Var.of(of(device, 5, -7));
            NDArray zero = of(device, 0, 0);
            NDArray one = of(device, 1, 1);
            Var vectors = Var.of(NDArray.of(new float[] {10, 20}, Shape.of(1, 2), device));
            Var collapsed = BatchNormByHand.training(vectors, gamma, beta, zero, one, EPS, 0.9, Convention.BOOK).y();
            assertArrayEquals(new float[] {5, -7}, collapsed.value().toFloats(), "x − μ is 0");
            String message = assertThrows(ShapeException.class,
                    () -> Normalization.batchNorm(spec(EPS, true), vectors, gamma, beta, zero, one)).getMessage();
            assertTrue(message.contains("[1, 2]") && message.contains("β") && message.contains("eval()"), message);

            float[] pixels = {1, 3, 4, 4};
            Var image = Var.of(NDArray.of(pixels, Shape.of(1, 2, 1, 2), device));
            Var y = Normalization.batchNorm(spec(0, true), image, Var.of(of(device, 1, 1)), beta, null, null);
            float[] out = y.value().toFloats();
            assertEquals(4, out[0], 1e-5, "(1 − 2)/1 + 5");
            assertEquals(6, out[1], 1e-5);
        }
    }
}
