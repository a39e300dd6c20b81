package dev.sextant.zoo.examples;

import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Linear;
import org.junit.jupiter.api.Test;

/// **Lesson:** forward and backward through a two-layer network with L2 regularisation, small enough to follow on
/// paper: `z = W1·x`, `h = relu(z)`, `o = W2·h`, `J = (o − y)²/2 + λ/2·(‖W1‖² + ‖W2‖²)` with x = (1, 2),
/// W1 = [[1, −1], [2, 1]], W2 = [[3, ½]], y = 1, λ = 0.1.
///
/// On paper: z = (−1, 4), h = (0, 4), o = 2, J = ½ + 0.8125. Backwards: `dW2 = (o − y)·hᵀ + λ·W2`,
/// `dh = W2ᵀ·(o − y)`, `dz = dh` where z > 0, else 0, `dW1 = dz·xᵀ + λ·W1`, `dx = W1ᵀ·dz`.
class Lesson07BackpropagationByHandTest {
    private static final double LAMBDA = 0.1;
    private static final float EXACT = 1e-6f;

    private static Var halfSquared(Var w, double times) {
        return Arithmetic.mul(Reductions.sum(Pointwise.square(w), false, 0, 1), times / 2);
    }

    @Test
    void theNumbersOnPaper() {
        Device device = Device.standard();
        Linear first = linear(2).noBias();
        Linear second = linear(1).noBias();
        sequence(first, second).initialize(Shape.of(1, 2), device, 0);
        first.parameter("weight").value().set(new float[] {1, -1, 2, 1});
        second.parameter("weight").value().set(new float[] {3, 0.5f});
        Var w1 = first.parameter("weight").var();
        Var w2 = second.parameter("weight").var();

        Var x = Var.leaf(NDArray.of(new float[] {1, 2}, Shape.of(1, 2), device));
        Var z = first.apply(x).retainGrad();
        Var o = second.apply(Pointwise.relu(z));
        Var loss = halfSquared(Arithmetic.add(o, -1), 1);
        Var j = Arithmetic.add(loss, Arithmetic.add(halfSquared(w1, LAMBDA), halfSquared(w2, LAMBDA)));

        assertArrayEquals(new float[] {-1, 4}, z.value().toFloats());
        assertEquals(2, o.item());
        assertEquals(1.3125, j.item(), EXACT);
        j.backward();
        assertArrayEquals(new float[] {0.3f, 4.05f}, w2.grad().toFloats(), EXACT);
        assertArrayEquals(new float[] {0, 0.5f}, z.grad().toFloats(), EXACT);
        assertArrayEquals(new float[] {0.1f, -0.1f, 0.7f, 1.1f}, w1.grad().toFloats(), EXACT);
        assertArrayEquals(new float[] {1, 0.5f}, x.grad().toFloats(), EXACT);
    }
}
