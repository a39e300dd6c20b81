package dev.sextant.zoo;

import static dev.sextant.zoo.GoldenModel.doubles;
import static dev.sextant.zoo.GoldenModel.ints;
import static dev.sextant.zoo.GoldenModel.list;
import static dev.sextant.zoo.GoldenModel.map;
import static dev.sextant.zoo.GoldenModel.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.Dropout;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Parameter;
import dev.sextant.nn.Summary;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every network against PyTorch's numbers: structure, logits, gradients and the losses of the first SGD steps. Files
/// are discovered in `golden.dir`; a new one needs no new code. Networks are built by the zoo's public factory from
/// the file's `builder`.
class GoldenModelsTest {
    /// `ref` is slow on purpose: it runs the networks below this many multiply-adds per image.
    private static final long REF_LIMIT = 50_000_000;

    @TestFactory
    Stream<DynamicNode> networks() throws IOException {
        Path folder = Path.of(System.getProperty("golden.dir", "../../../shared/golden"), "models");
        if (!Files.isDirectory(folder)) {
            return Stream.of(DynamicTest.dynamicTest("reference data of whole networks: " + folder, () -> {
                if ("true".equals(System.getenv("CI"))) {
                    fail("required in CI, but there is no folder " + folder);
                }
                Assumptions.abort("no folder " + folder + "; set -Dgolden.dir");
            }));
        }
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".json")).sorted().map(this::network).toList().stream();
        }
    }

    private DynamicNode network(Path file) {
        var golden = GoldenModel.read(file);
        try {
            Zoo.create(golden.builder());
        } catch (SextantException e) {
            return DynamicTest.dynamicTest(golden.file(), () -> Assumptions.abort("not built: " + e.getMessage()));
        }
        List<DynamicNode> tests = new ArrayList<>();
        tests.add(DynamicTest.dynamicTest("structure", () -> structure(golden)));
        if (golden.hasNumbers()) {
            List<Device> devices = new ArrayList<>(List.of(Device.standard()));
            if (golden.macs() < REF_LIMIT) {
                devices.add(Device.ref());
            }
            for (Device device : devices) {
                // torchvision's networks take seconds a step, and fusing is proved by the book's: once is enough.
                for (boolean fuse : golden.isTorchvision() ? new boolean[] {true} : new boolean[] {true, false}) {
                    tests.add(DynamicTest.dynamicTest("numbers on " + device + (fuse ? "" : ", not fused"),
                            () -> numbers(golden, device, fuse)));
                }
                for (Object run : list(golden.numeric().get("sgdRuns"))) {
                    tests.add(DynamicTest.dynamicTest("sgd lr " + map(run).get("lr") + " on " + device,
                            () -> sgd(golden, map(run), device)));
                }
            }
        }
        return DynamicContainer.dynamicContainer(golden.file(), tests);
    }

    /// Names, types, shapes and counts; no parameter gets a value, so that large networks take no memory.
    private static void structure(GoldenModel golden) {
        Network net = Zoo.create(golden.builder());
        Layer model = net.model();
        model.declare(net.inputShape(1));
        Summary summary = Summary.of(model, net.inputShape(1), net.name());
        assertEquals(golden.totalParams(), summary.totalParams(), "parameters");
        assertEquals(golden.macs(), summary.totalMacs(), "multiply-adds");
        Map<String, Parameter> parameters = model.parameters();
        assertEquals(list(golden.json().get("parameters")).stream().map(p -> (String) map(p).get("name")).toList(),
                List.copyOf(parameters.keySet()), "parameter names in order");
        for (Object p : list(golden.json().get("parameters"))) {
            assertEquals(Shape.of(ints(map(p).get("shape"))), parameters.get(map(p).get("name")).shape());
        }
        assertEquals(list(golden.json().get("stateDictKeys")), List.copyOf(model.stateShapes().keySet()),
                "state names");
        Map<String, Summary.Row> rows = new HashMap<>();
        summary.rows().forEach(r -> rows.put(r.path(), r));
        for (Object m : list(golden.json().get("modules"))) {
            module(map(m), rows);
        }
        for (Object top : list(golden.json().get("topLevel"))) {
            assertEquals(map(top).get("type"), model.children().get(map(top).get("name")).typeName(),
                    "top level layer " + map(top).get("name"));
        }
    }

    private static void module(Map<String, Object> golden, Map<String, Summary.Row> rows) {
        Summary.Row row = rows.get(golden.get("name"));
        if (golden.get("calls") instanceof Number n && n.intValue() == 0) {
            return;
        }
        assertNotNull(row, "there is no layer " + golden.get("name"));
        assertEquals(golden.get("type"), row.type(), "type of " + golden.get("name"));
        assertEquals(((Number) golden.get("params")).longValue(), row.params(), "parameters of " + golden.get("name"));
        int[] dims = row.output().dims();
        assertArrayEquals(ints(golden.get("outputShape")), Arrays.copyOfRange(dims, 1, dims.length),
                "output of " + golden.get("name"));
        if (golden.get("macs") instanceof Number macs) {
            assertEquals(macs.longValue(), row.macs(), "multiply-adds of " + golden.get("name"));
        }
    }

    /// The model with the reference weights, dropout off, in training mode.
    private static Layer build(GoldenModel golden, Device device) {
        Network net = Zoo.create(golden.builder());
        Layer model = net.model();
        model.declare(net.inputShape(1));
        Set<String> norms = new java.util.HashSet<>();
        model.visit("", (path, layer) -> {
            if (layer instanceof BatchNorm) {
                norms.add(path + ".weight");
            }
            if (layer instanceof Dropout d) {
                d.disable();
            }
        });
        int p = ((Number) golden.numeric().get("paramStreamOffset")).intValue();
        for (var e : model.parameters().entrySet()) {
            float[] values = GoldenModel.parameter(p++, e.getValue().shape().dims(), norms.contains(e.getKey()));
            e.getValue().assign(NDArray.of(values, e.getValue().shape(), device));
        }
        net.initialize(device, 1);
        return model.train();
    }

    private static Batch batch(GoldenModel golden, Device device) {
        int[] chw = ints(golden.json().get("input"));
        int n = ((Number) golden.numeric().get("batch")).intValue();
        Shape shape = Shape.of(n, chw[0], chw[1], chw[2]);
        float[] x = GoldenModel.input(((Number) golden.numeric().get("inputStream")).intValue(), (int) shape.size());
        return new Batch(NDArray.of(x, shape, device),
                NDArray.of(ints(golden.numeric().get("labels")), Shape.of(n), device));
    }

    private record Batch(NDArray x, NDArray labels) {
    }

    private static void numbers(GoldenModel golden, Device device, boolean fuse) {
        var numeric = golden.numeric();
        var errors = map(numeric.get("maxAbsErrF32"));
        try (var _ = Scope.open()) {
            Layer model = build(golden, device);
            model.fuse(fuse);
            Batch batch = batch(golden, device);
            List<Var> outputs = model.applyAll(Var.of(batch.x));
            Var logits = outputs.getFirst();
            Var loss = Task.CLASSIFICATION.loss(outputs, batch.labels);
            compareLogits("logits in training", numeric.get("logitsTrain_f64"), logits.value(),
                    number(errors.get("logitsTrain")));
            double wanted = number(numeric.get("loss_f64"));
            assertEquals(wanted, loss.item(), 20 * number(errors.get("loss")) + 1e-5 * Math.abs(wanted), "loss");
            loss.backward();
            Map<String, Parameter> parameters = model.parameters();
            compareGradients(golden, parameters);
            for (Object b : list(numeric.get("batchNorm"))) {
                compareRunningStatistics(map(b), model);
            }
            model.eval();
            try (var _ = GradMode.off()) {
                compareLogits("logits in evaluation", numeric.get("logitsEval_f64"),
                        model.apply(Var.of(batch.x)).value(), number(errors.get("logitsEval")));
            }
        }
    }

    private static void compareLogits(String what, Object golden, NDArray actual, double error) {
        double max = list(golden).stream().flatMapToDouble(row -> Arrays.stream(doubles(row)))
                .map(Math::abs).max().orElseThrow();
        float[] y = actual.toFloats();
        int i = 0;
        for (Object row : list(golden)) {
            for (double wanted : doubles(row)) {
                assertEquals(wanted, y[i], 20 * error + 1e-5 * max, what + ", element " + i);
                i++;
            }
        }
        assertEquals(y.length, i);
    }

    /// Gradients of all parameters. In a deep network a single relu or max pooling decision may fall the other way
    /// under rounding, which moves single elements by up to a quarter of the tensor's maximum (golden README, "Suggested
    /// checks"; computed in float64 on `ref`, GoogLeNet's gradients agree to twelve digits). So for torchvision's
    /// networks, the first elements of one parameter in ten may be that far off; the norms of all must agree.
    private static void compareGradients(GoldenModel golden, Map<String, Parameter> parameters) {
        List<Object> wanted = list(golden.numeric().get("grads"));
        List<String> flipped = new ArrayList<>();
        for (Object g : wanted) {
            float[] grad = parameters.get(map(g).get("name")).var().grad().toFloats();
            double share = compareGradient(map(g), grad, golden.isTorchvision() ? 2e-2 : 2e-3);
            if (share > 0) {
                flipped.add(map(g).get("name") + " by " + share + " of its maximum");
                assertTrue(golden.isTorchvision() && share <= 0.25, "gradients off: " + flipped);
            }
        }
        assertTrue(flipped.size() <= wanted.size() / 10, "gradients off: " + flipped);
    }

    /// @return 0 if the first elements agree; else by how much the worst is off, as a share of the tensor's maximum
    private static double compareGradient(Map<String, Object> golden, float[] grad, double l2Tolerance) {
        String name = "gradient of " + golden.get("name");
        double maxAbs = number(golden.get("maxAbs"));
        double error = number(golden.get("maxAbsErrF32"));
        if (maxAbs < 1e-12) {
            // A batch norm behind this parameter cancels it: the true gradient is zero.
            for (float g : grad) {
                assertTrue(Math.abs(g) <= 50 * error, name + " should vanish, but is " + g);
            }
            return 0;
        }
        double square = 0;
        for (float g : grad) {
            square += (double) g * g;
        }
        double l2 = number(golden.get("l2"));
        assertEquals(l2, Math.sqrt(square), l2Tolerance * l2, name + ", l2 norm");
        double[] first = doubles(golden.get("first8"));
        double worst = 0;
        for (int i = 0; i < first.length; i++) {
            worst = Math.max(worst, Math.abs(first[i] - grad[i]));
        }
        return worst <= 8 * error + 1e-3 * maxAbs ? 0 : worst / maxAbs;
    }

    private static void compareRunningStatistics(Map<String, Object> golden, Layer model) {
        Map<String, NDArray> state = model.state();
        for (var e : Map.of("runningMeanL2", "running_mean", "runningVarL2", "running_var").entrySet()) {
            if (golden.get(e.getKey()) instanceof Number n) {
                float[] values = state.get(golden.get("name") + "." + e.getValue()).toFloats();
                double square = 0;
                for (float v : values) {
                    square += (double) v * v;
                }
                assertEquals(n.doubleValue(), Math.sqrt(square), 1e-4 * n.doubleValue() + 1e-7,
                        e.getKey() + " of " + golden.get("name"));
            } else {
                fail("batch norm entry without " + e.getKey() + ": " + golden);
            }
        }
    }

    private static void sgd(GoldenModel golden, Map<String, Object> run, Device device) {
        double[] wanted = list(run.get("losses_f64")).stream()
                .mapToDouble(o -> o == null ? Double.NaN : number(o)).toArray();
        int comparable = ((Number) run.get("comparableEntries")).intValue();
        Layer model = build(golden, device);
        Optimizer optimizer = Optimizer.sgd(number(run.get("lr")), model.parameters());
        for (int i = 0; i < comparable; i++) {
            try (var _ = Scope.open()) {
                Batch batch = batch(golden, device);
                Var loss = Task.CLASSIFICATION.loss(model.applyAll(Var.of(batch.x)), batch.labels);
                assertEquals(wanted[i], loss.item(), 2e-3 * Math.max(1, Math.abs(wanted[i])),
                        "loss before step " + (i + 1));
                if (i + 1 < comparable) {
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
    }
}
