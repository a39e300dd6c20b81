package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.UnarySpec;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every operation case of the reference data on one device: the result, the further results, and all gradients, at
/// the tolerances that the case states. An operation that [GoldenOps] does not know fails.
public interface GoldenOpContract {
    /// Elements of memory to be filled with NaN before a case.
    int MORE_THAN_ANY_CASE = 1 << 19;

    /// The device under test.
    Device device();

    @TestFactory
    default Stream<DynamicTest> goldenOps() {
        return GoldenFolder.tests("ops", file -> {
            run(file, device(), UnaryOperator.identity());
            // Again in memory that held something else before, and with inputs that are results themselves, so that
            // their gradients are in such memory too: what a kernel leaves unwritten, or reads too early, shows.
            try (var _ = Scope.open("before")) {
                NDArray.full(Shape.of(MORE_THAN_ANY_CASE), Double.NaN, DType.FLOAT32, device());
            }
            try (var _ = Scope.open("case")) {
                run(file, device(), leaf -> Pointwise.unary(UnarySpec.IDENTITY, leaf));
            }
        });
    }

    private static void run(GoldenFile file, Device device, UnaryOperator<Var> asInput) {
        var differentiable = file.names("differentiable");
        Map<String, Var> inputs = new LinkedHashMap<>();
        Map<String, Var> leaves = new LinkedHashMap<>();
        for (String name : file.names("inputs")) {
            NDArray value = file.array(name, device);
            if (differentiable.contains(name)) {
                leaves.put(name, Var.leaf(value));
                inputs.put(name, asInput.apply(leaves.get(name)));
            } else {
                inputs.put(name, Var.of(value));
            }
        }
        var outcome = GoldenOps.run(file, inputs, device);
        check(file, "output", outcome.output().value());
        outcome.further().forEach((name, value) -> check(file, name, value));
        for (String name : file.tensorNames()) {
            boolean further = !inputs.containsKey(name) && !name.equals("output") && !name.startsWith("grad_");
            if (further && !outcome.further().containsKey(name)) {
                fail(file.name() + ": the result " + name + " is not computed");
            }
        }
        if (!differentiable.isEmpty()) {
            outcome.output().backward(file.array("grad_output", device));
            for (String name : differentiable) {
                NDArray grad = leaves.get(name).grad();
                assertNotNull(grad, file.name() + ": no gradient for " + name);
                check(file, "grad_" + name, grad);
            }
        }
    }

    private static void check(GoldenFile file, String name, NDArray actual) {
        assertEquals(file.shape(name), actual.shape(), file.name() + ": shape of " + name);
        double[] expected = file.values(name);
        double[] values = actual.toDoubles();
        if (!file.isFloat(name)) {
            assertArrayEquals(expected, values, file.name() + ": " + name);
            return;
        }
        double atol = file.number("atol." + name);
        double rtol = file.number("rtol." + name);
        for (int i = 0; i < expected.length; i++) {
            double allowed = atol + rtol * Math.abs(expected[i]);
            if (!(Math.abs(values[i] - expected[i]) <= allowed)) {
                fail(String.format(Locale.ROOT, "%s on %s: %s element %d is %.9g, expected %.9g; allowed is a "
                        + "difference of %.3g", file.name(), actual.device(), name, i, values[i], expected[i],
                        allowed));
            }
        }
    }
}
