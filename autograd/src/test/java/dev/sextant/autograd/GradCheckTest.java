package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import org.junit.jupiter.api.Test;

/// The gradient check itself, and operations of one's own.
class GradCheckTest {
    private static final NDArray X = NDArray.of(new double[] {0.5, -1.5, 2}, Shape.of(3), Device.ref());

    /// `x³`, whose gradient is `factor·x²·dy`; right for a factor of 3.
    record Cube(double factor) implements Function {
        @Override
        public String opName() {
            return "cube";
        }

        @Override
        public Result forward(NDArray... inputs) {
            double[] x = inputs[0].toDoubles();
            double[] y = java.util.Arrays.stream(x).map(v -> v * v * v).toArray();
            return new Result(NDArray.of(y, inputs[0].shape(), inputs[0].device()),
                    new Grad(factor, Saved.of(inputs[0])));
        }

        record Grad(double factor, Saved x) implements Pullback {
            @Override
            public void pull(NDArray dy, Sink sink) {
                double[] values = x.get("cube").toDoubles();
                double[] upstream = dy.toDoubles();
                for (int i = 0; i < values.length; i++) {
                    values[i] = factor * values[i] * values[i] * upstream[i];
                }
                Target dx = sink.target(0);
                dy.device().kernels().copy(NDArray.of(values, dy.shape(), dy.device()), dx.array(), dx.write());
            }
        }
    }

    @Test
    void anOperationOfOnesOwnIsDifferentiated() {
        Var x = Var.leaf(X);
        Var y = new Cube(3).apply(x);
        assertEquals("cube", y.op().opName());
        Reductions.sum(Arithmetic.add(y, Arithmetic.mul(x, 2)), false).backward();
        assertEquals(3 * 0.25 + 2, x.grad().toDoubles()[0], 1e-12);
        assertEquals(3, GradCheck.check(v -> new Cube(3).apply(v[0]), X).elements());
    }

    @Test
    void aWrongPullbackIsNamedWithBothNumbers() {
        var e = assertThrows(GraphException.class, () -> GradCheck.check(v -> Reductions.sum(
                Arithmetic.add(v[0], new Cube(3.001).apply(v[1])), false), X, X));
        assertTrue(e.getMessage().contains("input 1 [3], element 0"), e.getMessage());
        assertTrue(e.getMessage().contains("backward gives 0.75025"), e.getMessage());
        assertTrue(e.getMessage().contains("the central difference 0.75000000"), e.getMessage());
    }

    /// The identity, whose pullback always overwrites, or always adds.
    record Careless(Write always) implements Function {
        @Override
        public String opName() {
            return "careless";
        }

        @Override
        public Result forward(NDArray... inputs) {
            return new Result(inputs[0].copy(), (dy, sink) -> dy.device().kernels().copy(dy, sink.target(0).array(),
                    always));
        }
    }

    @Test
    void aPullbackThatIgnoresSetOrAddIsFound() {
        for (Write always : Write.values()) {
            var e = assertThrows(GraphException.class, () -> GradCheck.check(v -> new Careless(always).apply(v[0]), X));
            assertTrue(e.getMessage().contains("Target.write()"), e.getMessage());
        }
    }

    @Test
    void aForgottenGradientIsFound() {
        assertThrows(GraphException.class, () -> GradCheck.check(v -> Arithmetic.mul(v[0], v[0].detach()), X));
    }

    @Test
    void integersAndFloatResultsAreRefused() {
        NDArray labels = NDArray.of(new int[] {1}, Shape.of(1), Device.ref());
        assertTrue(assertThrows(GraphException.class, () -> GradCheck.check(v -> v[0], labels)).getMessage()
                .contains("input 0"));
        NDArray single = NDArray.of(new float[] {1}, Shape.of(1), Device.ref());
        assertTrue(assertThrows(GraphException.class, () -> GradCheck.check(v -> Var.leaf(single), X)).getMessage()
                .contains("float64"));
    }
}
