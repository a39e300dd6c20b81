package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.trace.OpEvent;
import dev.sextant.engine.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How gradients find their way: accumulation, shared values, leaves and scopes.
class VarTest {

    private static NDArray array(Shape shape, double... values) {
        return NDArray.of(values, shape, Device.ref());
    }

    private static Var leaf(double... values) {
        return Var.leaf(array(Shape.of(values.length), values));
    }

    private static Var sum(Var x) {
        return Reductions.sum(x, false);
    }

    /// The worked example: ReLU, no biases, `L = (o − y)²/2`, plus `λ/2` times the squares of all weights.
    @Test
    void aTwoLayerNetworkWithWeightDecay() {
        Var x = Var.leaf(array(Shape.of(2, 1), 1, 2));
        Var w1 = Var.leaf(array(Shape.of(2, 2), 1, -1, 2, 1));
        Var w2 = Var.leaf(array(Shape.of(1, 2), 3, .5));
        Var z = Matmul.matmul(w1, x).retainGrad();
        Var o = Matmul.matmul(w2, Pointwise.relu(z));
        Var loss = Arithmetic.mul(sum(Pointwise.square(Arithmetic.add(o, -1))), .5);
        Var decay = Arithmetic.mul(Arithmetic.add(sum(Pointwise.square(w1)), sum(Pointwise.square(w2))), .1 / 2);
        Var objective = Arithmetic.add(loss, decay);
        objective.backward();
        assertArrayEquals(new double[] {-1, 4}, z.value().toDoubles());
        assertEquals(2, o.item());
        assertEquals(1.3125, objective.item(), 1e-12);
        assertArrayEquals(new double[] {.3, 4.05}, w2.grad().toDoubles(), 1e-12);
        assertArrayEquals(new double[] {0, .5}, z.grad().toDoubles(), 1e-12);
        assertArrayEquals(new double[] {.1, -.1, .7, 1.1}, w1.grad().toDoubles(), 1e-12);
        assertArrayEquals(new double[] {1, .5}, x.grad().toDoubles(), 1e-12);
    }

    @Test
    void gradientsAddUpUntilTheyAreCleared() {
        Var x = leaf(1, 2);
        sum(Pointwise.square(x)).backward();
        NDArray first = x.grad();
        sum(Arithmetic.mul(x, 10)).backward();
        assertArrayEquals(new double[] {12, 14}, x.grad().toDoubles());
        x.clearGrad();
        assertNull(x.grad());
        sum(Arithmetic.mul(x, 3)).backward();
        assertArrayEquals(new double[] {3, 3}, x.grad().toDoubles());
        assertSame(first, x.grad(), "the gradient's memory is used again");
    }

    /// `x` reaches the result along three ways of different length.
    @Test
    void aValueUsedSeveralTimesCollectsAllItsGradients() {
        Var x = leaf(3);
        Var square = Pointwise.square(x);
        Var quartic = Pointwise.square(square);
        Var y = Arithmetic.add(Arithmetic.add(quartic, square), Arithmetic.mul(square, x));
        sum(y).backward();
        assertEquals(4 * 27 + 2 * 3 + 3 * 9, x.grad().item(), 1e-12);
    }

    /// Views of one gradient are handed to several parents: none may be written while another still needs it.
    @Test
    void aGradientThatIsPassedOnIsNotOverwritten() {
        Var x = leaf(1, 2, 3);
        Var y = Arithmetic.mul(x, 2);
        Var z = Arithmetic.add(y, Shaping.reshape(Shaping.reshape(y, 3, 1), 3));
        Var all = Arithmetic.add(z, Arithmetic.add(z, y));
        all.backward(array(Shape.of(3), 1, 10, 100));
        assertArrayEquals(new double[] {10, 100, 1000}, x.grad().toDoubles());
    }

    @Test
    void aLongChainNeedsNoDeepStack() {
        Var x = leaf(1);
        Var y = x;
        for (int i = 0; i < 50_000; i++) {
            y = Arithmetic.add(y, 1e-5);
        }
        sum(y).backward();
        assertEquals(1, x.grad().item());
    }

    @Test
    void nothingIsRecordedWithoutNeed() {
        Var x = leaf(1, 2);
        try (var _ = GradMode.off()) {
            assertFalse(Pointwise.square(x).requiresGrad());
            try (var _ = GradMode.off()) {
                assertFalse(GradMode.isOn());
            }
            assertFalse(GradMode.isOn(), "closing the inner one leaves the outer one");
        }
        assertTrue(Pointwise.square(x).requiresGrad());
        assertFalse(Pointwise.square(Var.of(x.value())).requiresGrad());
        assertFalse(Pointwise.square(x).detach().requiresGrad());
        assertTrue(Pointwise.square(x).parents().contains(x));
    }

    @Test
    void aConstantGetsNoGradient() {
        Var x = leaf(1, 2);
        Var c = Var.of(array(Shape.of(2), 5, 6));
        sum(Arithmetic.mul(x, c)).backward();
        assertArrayEquals(new double[] {5, 6}, x.grad().toDoubles());
        assertNull(c.grad());
    }

    @Test
    void leafGradientsOutliveTheScope() {
        Var x = leaf(1, 2);
        for (int step = 1; step <= 2; step++) {
            try (var _ = Scope.open("step")) {
                sum(Pointwise.square(Pointwise.exp(x))).backward();
            }
            assertEquals(step * 2 * Math.exp(2), x.grad().toDoubles()[0], 1e-9);
        }
    }

    @Test
    void aRetainedGradientIsACopy() {
        Var x = leaf(1, 2);
        Var y = Arithmetic.mul(x, 2).retainGrad();
        NDArray dy = array(Shape.of(2), 1, 1);
        y.backward(dy);
        assertNotSame(dy, y.grad());
        dy.fill(9);
        assertArrayEquals(new double[] {1, 1}, y.grad().toDoubles());
    }

    @Test
    void backwardOfALeafIsItsOwnGradient() {
        Var x = leaf(7);
        x.backward();
        x.backward();
        assertEquals(2, x.grad().item());
    }

    @Test
    void kernelsAndOperationsOfOnesOwnAreTraced() {
        List<OpEvent> events = new ArrayList<>();
        Var x = Var.leaf(NDArray.of(new double[16], Shape.of(1, 1, 4, 4), Device.ref()));
        Var w = Var.leaf(NDArray.of(new double[9], Shape.of(1, 1, 3, 3), Device.ref()));
        try (var _ = Trace.listen(events::add)) {
            Var y = Convolution.conv2d(Conv2dSpec.of(1, 0), x, w, null);
            sum(new GradCheckTest.Cube(3).apply(y)).backward();
        }
        List<String> kernels = events.stream().map(OpEvent::kernel).toList();
        assertTrue(kernels.containsAll(List.of("conv2d", "cube", "conv2dBackwardData", "conv2dBackwardFilter")),
                kernels.toString());
        assertEquals("[1, 1, 2, 2]", events.get(kernels.indexOf("cube")).shapes());
    }
}
