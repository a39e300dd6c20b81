package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The optimizer cases of the reference data on one device: ten steps from given gradients, and clipping by norm.
public interface GoldenOptimizerContract {
    /// The device under test.
    Device device();

    @TestFactory
    default Stream<DynamicTest> goldenOptimizers() {
        return GoldenFolder.tests("optim", file -> {
            if (file.hasAttribute("optimizer")) {
                trajectory(file, device());
            } else {
                clipping(file, device());
            }
        });
    }

    private static void trajectory(GoldenFile file, Device device) {
        OptimizerSpec spec = spec(file);
        Map<String, NDArray> params = new HashMap<>();
        Map<String, List<NDArray>> states = new HashMap<>();
        for (String p : file.names("params")) {
            params.put(p, file.array("init." + p, device));
            double start = file.number("initial_accumulator_value", 0);
            states.put(p, spec.stateNames().stream()
                    .map(s -> NDArray.full(file.shape("init." + p), start, DType.FLOAT32, device)).toList());
        }
        double tolerance = file.number("atol.param");
        for (int step = 1; step <= file.integer("steps"); step++) {
            for (String p : file.names("params")) {
                device.kernels().optimize(spec, step, params.get(p), file.array("grad." + step + "." + p, device),
                        states.get(p));
                near(file, "param." + step + "." + p, params.get(p), tolerance);
            }
        }
        for (String p : file.names("params")) {
            for (int i = 0; i < spec.stateNames().size(); i++) {
                String name = "state." + file.integer("steps") + "." + p + "." + spec.stateNames().get(i);
                near(file, name, states.get(p).get(i), 1e-5);
            }
        }
    }

    private static OptimizerSpec spec(GoldenFile file) {
        double lr = file.number("lr");
        double decay = file.number("weight_decay");
        String name = file.text("optimizer");
        return switch (name) {
            case "sgd" -> new OptimizerSpec.Sgd(lr, file.number("momentum"), file.number("dampening"), decay,
                    file.flag("nesterov"));
            case "adam", "adamw" -> {
                String[] betas = file.text("betas").split(",");
                yield new OptimizerSpec.Adam(lr, Double.parseDouble(betas[0]), Double.parseDouble(betas[1]),
                        file.number("eps"), decay, file.flag("amsgrad"), name.equals("adamw"));
            }
            case "rmsprop" -> new OptimizerSpec.RmsProp(lr, file.number("alpha"), file.number("eps"), decay,
                    file.number("momentum"), file.flag("centered"));
            case "adagrad" -> new OptimizerSpec.Adagrad(lr, file.number("lr_decay"), decay, file.number("eps"));
            case "adadelta" -> new OptimizerSpec.Adadelta(lr, file.number("rho"), file.number("eps"), decay);
            default -> throw new AssertionError(file.name() + ": unknown optimizer " + name);
        };
    }

    /// `coefficient = min(1, maxNorm/(norm + 1e-6))` times every gradient.
    private static void clipping(GoldenFile file, Device device) {
        boolean largest = file.text("norm_type").equals("inf");
        double norm = 0;
        for (String p : file.names("params")) {
            NDArray grad = file.array("grad." + p, device);
            norm = largest ? Math.max(norm, largest(grad)) : norm + device.kernels().sumOfSquares(grad);
        }
        norm = largest ? norm : Math.sqrt(norm);
        double expected = file.number("total_norm");
        assertEquals(expected, norm, 1e-6 * expected, file.name() + ": norm");
        double coefficient = Math.min(1, file.number("max_norm") / (norm + 1e-6));
        for (String p : file.names("params")) {
            NDArray grad = file.array("grad." + p, device);
            NDArray clipped = NDArray.empty(grad.shape(), grad.dtype(), device);
            device.kernels().unary(new UnarySpec(UnarySpec.Kind.AFFINE, coefficient, 0), grad, clipped);
            near(file, "clipped." + p, clipped, 1e-6);
        }
    }

    private static double largest(NDArray x) {
        NDArray magnitude = NDArray.empty(x.shape(), x.dtype(), x.device());
        x.device().kernels().unary(UnarySpec.of(UnarySpec.Kind.ABS), x, magnitude);
        var spec = ReduceSpec.of(ReduceSpec.Kind.MAX, x.shape(), false);
        NDArray max = NDArray.empty(spec.outputShape(x.shape()), x.dtype(), x.device());
        x.device().kernels().reduce(spec, magnitude, max, null);
        return max.item();
    }

    private static void near(GoldenFile file, String name, NDArray actual, double tolerance) {
        double[] expected = file.values(name);
        double[] values = actual.toDoubles();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], values[i], tolerance, file.name() + ": " + name + " element " + i);
        }
    }
}
