package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.OpCalls.Call;
import dev.sextant.autograd.OpCalls.Input;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Arrays without axes and arrays without elements, forward and backward through every operation that takes them: the
/// fast path gives what the oracle gives.
class EdgeShapesTest {

    static Stream<Call> ordinary() {
        return OpCalls.all().stream();
    }

    static Stream<Call> takesNothing() {
        return OpCalls.all().stream().filter(c -> c.empty() != null);
    }

    static Stream<Call> takesScalars() {
        return OpCalls.all().stream().filter(Call::scalar);
    }

    /// What one call gives: its results, then the gradient of every input that wants one.
    private static List<NDArray> outcome(Call call, Input[] inputs, Device device) {
        NDArray[] arrays = Arrays.stream(inputs).map(i -> i.on(device)).toArray(NDArray[]::new);
        var leaves = new ArrayList<Var>();
        var recorded = new OpCalls.Inputs(arrays) {
            @Override
            Var v(int i) {
                Var leaf = super.v(i);
                leaves.add(leaf);
                return leaf;
            }
        };
        Object result = call.body().apply(recorded);
        var all = new ArrayList<NDArray>();
        Var y = switch (result) {
            case Var v -> v;
            case WithIndices w -> {
                all.add(w.indices());
                yield w.values();
            }
            default -> Var.of((NDArray) result);
        };
        all.add(y.value());
        if (y.requiresGrad()) {
            float[] dy = new float[(int) y.shape().size()];
            for (int i = 0; i < dy.length; i++) {
                dy[i] = 1 + i % 3;
            }
            y.backward(NDArray.of(dy, y.shape(), device));
            for (Var leaf : leaves) {
                if (leaf.requiresGrad()) {
                    assertNotNull(leaf.grad(), call + ": a gradient for every input");
                    assertEquals(leaf.shape(), leaf.grad().shape());
                    all.add(leaf.grad());
                }
            }
        }
        return all;
    }

    private static void sameOnBothDevices(Call call, Input[] inputs) {
        List<NDArray> expected = outcome(call, inputs, Device.ref());
        List<NDArray> actual = outcome(call, inputs, Device.standard());
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).shape(), actual.get(i).shape(), call + ", array " + i);
            assertArrayEquals(expected.get(i).toDoubles(), actual.get(i).toDoubles(), 2e-4, call + ", array " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("ordinary")
    void ordinaryShapes(Call call) {
        sameOnBothDevices(call, call.inputs());
    }

    @ParameterizedTest
    @MethodSource("takesNothing")
    void extentsOfZero(Call call) {
        sameOnBothDevices(call, call.empty());
    }

    @ParameterizedTest
    @MethodSource("takesScalars")
    void rankZero(Call call) {
        sameOnBothDevices(call, Arrays.stream(call.inputs()).map(i -> new Input(i.dtype())).toArray(Input[]::new));
    }

    @Test
    void sumsOverNothing() {
        for (Device device : List.of(Device.ref(), Device.standard())) {
            Var none = Var.leaf(NDArray.of(new float[0], Shape.of(0, 3), device));
            assertArrayEquals(new float[3], Reductions.sum(none, false, 0).value().toFloats(), "a sum of none is 0");
            assertArrayEquals(new float[] {1, 1, 1}, Reductions.prod(none, false, 0).value().toFloats());
            assertTrue(Double.isNaN(Reductions.mean(none, false).item()), "a mean of none is no number");
            assertTrue(Double.isNaN(Losses.mse(none, none).item()));
            assertArrayEquals(new float[12], Matmul.matmul(Var.of(NDArray.of(new float[0], Shape.of(3, 0), device)),
                    Var.of(NDArray.of(new float[0], Shape.of(0, 4), device))).value().toFloats());
        }
    }
}
