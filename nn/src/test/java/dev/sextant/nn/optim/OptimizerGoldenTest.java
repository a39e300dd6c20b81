package dev.sextant.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.Golden;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Parameter;
import dev.sextant.nn.Walk;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// [Optimizer] and [GradientClip] against the reference data, through real backward passes.
class OptimizerGoldenTest {
    private static final Device DEVICE = Device.standard();

    /// Parameters as a golden file has them, and nothing to compute.
    private static final class Bag extends Layer {
        Bag(SafeTensors file, String prefix) {
            for (String name : file.metadata().get("params").split(",")) {
                float[] values = prefix == null ? new float[(int) file.entries().get("grad." + name).shape().size()]
                        : file.floats(prefix + name);
                parameter(name, file.entries().get((prefix == null ? "grad." : prefix) + name).shape(),
                        (shape, seed, stream) -> values);
            }
            initialize(Shape.of(1), DEVICE, 0);
        }

        Bag(String... names) {
            for (String name : names) {
                parameter(name, Shape.of(2), Init.constant(1));
            }
            initialize(Shape.of(1), DEVICE, 0);
        }

        @Override
        public Var forward(Var x) {
            return x;
        }

        @Override
        protected Shape outputShape(Shape in, Walk walk) {
            return in;
        }
    }

    @TestFactory
    Stream<DynamicTest> files() throws IOException {
        try (var files = Files.list(Golden.path("optim"))) {
            return files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList().stream()
                    .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> check(f)));
        }
    }

    private static void check(Path path) throws IOException {
        try (var file = SafeTensors.open(path)) {
            if (file.metadata().containsKey("optimizer")) {
                trajectory(file);
            } else {
                clipping(file);
            }
        }
    }

    /// Leaves this gradient behind: the loss is Σ g·p.
    private static void backward(Parameter p, NDArray gradient) {
        Reductions.sum(Arithmetic.mul(p.var(), Var.of(gradient)), false, axes(gradient.rank())).backward();
    }

    private static int[] axes(int rank) {
        int[] all = new int[rank];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private static void trajectory(SafeTensors file) {
        Map<String, String> m = file.metadata();
        var bag = new Bag(file, "init.");
        var optimizer = new Optimizer(spec(m), bag.parameters());
        if (m.containsKey("initial_accumulator_value")) {
            optimizer.initialAccumulator(number(m, "initial_accumulator_value"));
        }
        double tolerance = Double.parseDouble(m.get("atol.param"));
        for (int step = 1; step <= Integer.parseInt(m.get("steps")); step++) {
            optimizer.zeroGrad();
            for (var p : bag.parameters().entrySet()) {
                backward(p.getValue(), file.array("grad." + step + "." + p.getKey(), DEVICE));
            }
            optimizer.step();
            for (var p : bag.parameters().entrySet()) {
                near(file.floats("param." + step + "." + p.getKey()), p.getValue().value(), tolerance);
            }
        }
    }

    private static OptimizerSpec spec(Map<String, String> m) {
        double lr = number(m, "lr");
        double decay = number(m, "weight_decay");
        String name = m.get("optimizer");
        return switch (name) {
            case "sgd" -> new OptimizerSpec.Sgd(lr, number(m, "momentum"), number(m, "dampening"), decay,
                    m.get("nesterov").equals("true"));
            case "adam", "adamw" -> new OptimizerSpec.Adam(lr, Double.parseDouble(m.get("betas").split(",")[0]),
                    Double.parseDouble(m.get("betas").split(",")[1]), number(m, "eps"), decay,
                    m.get("amsgrad").equals("true"), name.equals("adamw"));
            case "rmsprop" -> new OptimizerSpec.RmsProp(lr, number(m, "alpha"), number(m, "eps"), decay,
                    number(m, "momentum"), m.get("centered").equals("true"));
            case "adagrad" -> new OptimizerSpec.Adagrad(lr, number(m, "lr_decay"), decay, number(m, "eps"));
            case "adadelta" -> new OptimizerSpec.Adadelta(lr, number(m, "rho"), number(m, "eps"), decay);
            default -> throw new AssertionError("unknown optimizer " + name);
        };
    }

    private static double number(Map<String, String> m, String key) {
        return Double.parseDouble(m.get(key));
    }

    private static void clipping(SafeTensors file) {
        Map<String, String> m = file.metadata();
        var bag = new Bag(file, null);
        bag.parameters().forEach((name, p) -> backward(p, file.array("grad." + name, DEVICE)));
        double p = m.get("norm_type").equals("inf") ? Double.POSITIVE_INFINITY : number(m, "norm_type");
        double norm = GradientClip.byNorm(bag.parameters().values(), number(m, "max_norm"), p);
        double expected = number(m, "total_norm");
        assertEquals(expected, norm, 1e-6 * expected);
        bag.parameters().forEach((name, q) -> near(file.floats("clipped." + name), q.var().grad(), 1e-6));
    }

    private static void near(float[] expected, NDArray actual, double tolerance) {
        float[] values = actual.toFloats();
        assertEquals(expected.length, values.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], values[i], tolerance, "element " + i);
        }
    }

    @Test
    void clipsOtherNormsAndValues() {
        var bag = new Bag("a", "b");
        NDArray g = NDArray.of(new float[] {3, -1}, Shape.of(2), DEVICE);
        bag.parameters().values().forEach(p -> backward(p, g));
        assertEquals(8, GradientClip.byNorm(bag.parameters().values(), 4, 1), 1e-6);
        near(new float[] {1.5f, -0.5f}, bag.parameter("a").var().grad(), 1e-6);
        GradientClip.byValue(bag.parameters().values(), 0.75);
        near(new float[] {0.75f, -0.5f}, bag.parameter("b").var().grad(), 1e-6);
    }

    @Test
    void groupsFollowAScheduleEachFromItsOwnRate() {
        var bag = new Bag("a", "b");
        var slow = new Optimizer.Group(Map.of("a", bag.parameter("a")), new OptimizerSpec.Sgd(0.1, 0.5, 0, 0, false));
        var fast = new Optimizer.Group(Map.of("b", bag.parameter("b")), new OptimizerSpec.Sgd(1, 0, 0, 0, false));
        var optimizer = new Optimizer(List.of(slow, fast));
        Schedule halves = Schedule.step(1, 0.5);
        for (int k = 0; k < 3; k++) {
            optimizer.apply(halves, k);
        }
        assertEquals(0.025, optimizer.groups().get(0).spec().lr(), 1e-12);
        assertEquals(0.25, optimizer.groups().get(1).spec().lr(), 1e-12);
        optimizer.apply(Schedule.oneCycle(0.4, 10), 0);
        var first = (OptimizerSpec.Sgd) optimizer.groups().get(0).spec();
        assertEquals(0.95, first.momentum(), 1e-12);
        assertEquals(0.4 / 25, first.lr(), 1e-12);
        assertEquals(0, ((OptimizerSpec.Sgd) optimizer.groups().get(1).spec()).momentum(),
                "without momentum there is no state for it");
    }

    @Test
    void refusesAParameterInTwoGroups() {
        var bag = new Bag("a");
        var group = new Optimizer.Group(bag.parameters(), new OptimizerSpec.Sgd(0.1, 0, 0, 0, false));
        var e = assertThrows(SextantException.class, () -> new Optimizer(List.of(group, group)));
        assertTrue(e.getMessage().contains("a stands in two groups"), e.getMessage());
    }

    @Test
    void convenienceFactoriesHavePyTorchsDefaults() {
        var none = new LinkedHashMap<String, Parameter>();
        assertEquals(new OptimizerSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, false, false), rule(Optimizer.adam(1e-3, none)));
        assertEquals(new OptimizerSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0.01, false, true),
                rule(Optimizer.adamW(1e-3, none)));
        assertEquals(new OptimizerSpec.RmsProp(0.01, 0.99, 1e-8, 0, 0, false), rule(Optimizer.rmsProp(0.01, none)));
        assertEquals(new OptimizerSpec.Adagrad(0.01, 0, 0, 1e-10), rule(Optimizer.adagrad(0.01, none)));
        assertEquals(new OptimizerSpec.Adadelta(1, 0.9, 1e-6, 0), rule(Optimizer.adadelta(1, none)));
    }

    private static OptimizerSpec rule(Optimizer optimizer) {
        return optimizer.groups().getFirst().spec();
    }
}
