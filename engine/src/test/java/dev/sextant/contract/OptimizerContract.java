package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.OptimizerSpec;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Five steps of every update rule against the oracle.
public interface OptimizerContract {
    /// Five roundings of parameter and state.
    double CLOSE = 0x1p-17;

    /// The device under test.
    Device device();

    @TestFactory
    default Stream<DynamicTest> updates() {
        return Stream.<OptimizerSpec>of(new OptimizerSpec.Sgd(0.1, 0, 0, 0, false),
                new OptimizerSpec.Sgd(0.1, 0.9, 0.3, 0.01, false), new OptimizerSpec.Sgd(0.1, 0.9, 0, 5e-4, true),
                new OptimizerSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, false, false),
                new OptimizerSpec.Adam(0.01, 0.9, 0.99, 1e-8, 0.1, true, false),
                new OptimizerSpec.Adam(0.02, 0.8, 0.99, 1e-8, 0.1, false, true),
                new OptimizerSpec.RmsProp(0.01, 0.99, 1e-8, 0, 0, false),
                new OptimizerSpec.RmsProp(0.01, 0.9, 1e-4, 0.01, 0.9, true),
                new OptimizerSpec.Adagrad(0.1, 0.05, 0.01, 1e-10), new OptimizerSpec.Adadelta(0.5, 0.8, 1e-4, 0.01))
                .map(spec -> DynamicTest.dynamicTest(spec.toString(), () -> {
                    for (Shape shape : List.of(Shape.of(1), Shape.of(67), Shape.of(6, 1, 5, 5), Shape.of(120, 400))) {
                        steps(spec, shape);
                    }
                }));
    }

    private void steps(OptimizerSpec spec, Shape shape) {
        var rig = new Rig(device(), shape.hashCode());
        Twin param = rig.numbers(shape, Form.DENSE);
        List<Twin> states = spec.stateNames().stream()
                .map(name -> new Twin(NDArray.zeros(shape, DType.FLOAT32, Device.ref()),
                        NDArray.zeros(shape, DType.FLOAT32, device())))
                .toList();
        for (int step = 1; step <= 5; step++) {
            Twin grad = rig.numbers(shape, Form.DENSE);
            rig.ref().optimize(spec, step, param.ref(), grad.ref(), states.stream().map(t -> t.ref()).toList());
            rig.mine().optimize(spec, step, param.mine(), grad.mine(), states.stream().map(t -> t.mine()).toList());
            rig.close("parameter " + shape + " after step " + step, param, CLOSE);
        }
        IntStream.range(0, states.size())
                .forEach(i -> rig.close(spec.stateNames().get(i) + " " + shape, states.get(i), CLOSE));
    }

    @Test
    default void sumOfSquares() {
        for (Shape shape : List.of(Shape.of(1), Shape.of(67), Shape.of(3, 17, 5, 7), Shape.of(120, 400))) {
            for (Form form : Form.values()) {
                var rig = new Rig(device(), shape.hashCode());
                Twin x = rig.numbers(shape, form);
                double expected = rig.ref().sumOfSquares(x.ref());
                assertEquals(expected, rig.mine().sumOfSquares(x.mine()), 0x1p-18 * expected,
                        "sum of squares of a " + form + " x " + shape);
            }
        }
    }
}
