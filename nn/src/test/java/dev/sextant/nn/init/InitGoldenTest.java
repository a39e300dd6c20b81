package dev.sextant.nn.init;

import static dev.sextant.nn.Golden.list;
import static dev.sextant.nn.Golden.map;
import static dev.sextant.nn.Golden.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Conv2d;
import dev.sextant.nn.Golden;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Linear;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Initialisers against the bounds and deviations of the reference data.
class InitGoldenTest {
    private static final long SEED = 7;
    private static final double SLOPE = 0.2;

    @TestFactory
    Stream<DynamicTest> gains() throws IOException {
        return map(Golden.json("init_facts.json").get("gains")).entrySet().stream().map(e -> DynamicTest.dynamicTest(
                "gain " + e.getKey(), () -> assertEquals(number(e.getValue()), gain((String) e.getKey()), 1e-9)));
    }

    private static double gain(String name) {
        return name.startsWith("leaky_relu(")
                ? Init.leakyReluGain(Double.parseDouble(name.substring("leaky_relu(".length(), name.length() - 1)))
                : Init.gain(name);
    }

    @TestFactory
    Stream<DynamicTest> shapes() throws IOException {
        return list(Golden.json("init_facts.json").get("shapes")).stream().map(Golden::map)
                .map(facts -> DynamicTest.dynamicTest("shape " + facts.get("shape"), () -> shape(facts)));
    }

    private static void shape(Map<?, ?> facts) {
        Shape shape = Shape.of(list(facts.get("shape")).stream().mapToInt(n -> (int) number(n)).toArray());
        facts.forEach((key, value) -> {
            String name = (String) key;
            switch (name) {
                case "shape" -> {
                }
                case "fanIn" -> assertEquals(number(value), Init.fanIn(shape));
                case "fanOut" -> assertEquals(number(value), Init.fanOut(shape));
                case "default_layer" -> defaultLayer(shape, map(value));
                default -> sample(name, shape, map(value));
            }
        });
    }

    private static Init init(String name) {
        return switch (name) {
            case "xavier_uniform" -> Init.xavierUniform();
            case "xavier_uniform_tanh_gain" -> Init.xavierUniform(Init.gain("tanh"));
            case "xavier_normal" -> Init.xavierNormal(1);
            case "kaiming_uniform_fan_in_relu" -> Init.kaimingUniform(Init.gain("relu"), false);
            case "kaiming_uniform_fan_out_relu" -> Init.kaimingUniform(Init.gain("relu"), true);
            case "kaiming_normal_fan_in_relu" -> Init.kaimingNormal(Init.gain("relu"), false);
            case "kaiming_normal_fan_out_relu" -> Init.kaimingNormal(Init.gain("relu"), true);
            case "kaiming_uniform_fan_in_leaky02" -> Init.kaimingUniform(Init.leakyReluGain(SLOPE), false);
            default -> fail("the reference data has an initialiser that this test does not know: " + name);
        };
    }

    /// A sample of n values estimates its deviation to within a few times σ/√(2n).
    private static void sample(String name, Shape shape, Map<?, ?> facts) {
        float[] values = init(name).sample(shape, SEED, 0);
        double spread = 5 / Math.sqrt(2.0 * values.length);
        if (facts.containsKey("bound")) {
            double bound = number(facts.get("bound"));
            double largest = largest(values);
            assertTrue(largest <= bound * (1 + 1e-6), name + ": " + largest + " is beyond the bound " + bound);
            assertTrue(largest > bound * (1 - 40.0 / values.length), name + ": " + largest + " stays below " + bound);
            assertEquals(bound / Math.sqrt(3), deviation(values), spread * bound, name);
        } else {
            double std = number(facts.get("std"));
            assertEquals(std, deviation(values), spread * std, name);
        }
        assertEquals(0, mean(values), 5 * deviation(values) / Math.sqrt(values.length), name);
    }

    private static void defaultLayer(Shape shape, Map<?, ?> facts) {
        boolean conv = shape.rank() == 4;
        Layer layer = conv ? new Conv2d(shape.dim(0), shape.dim(2)) : new Linear(shape.dim(0));
        layer.initialize(conv ? Shape.of(1, shape.dim(1), 32, 32) : Shape.of(1, shape.dim(1)), Device.ref(), SEED);
        float[] weight = layer.parameter("weight").value().toFloats();
        double bound = number(facts.get("weightBound"));
        assertTrue(largest(weight) <= bound * (1 + 1e-6) && largest(weight) > bound * (1 - 40.0 / weight.length));
        double biasBound = number(facts.get("biasBound"));
        float[] bias = layer.parameter("bias").value().toFloats();
        assertTrue(largest(bias) <= biasBound * (1 + 1e-6) && largest(bias) > biasBound / 2);
    }

    @Test
    void truncatedNormalStaysInsideAndFillsTheWindow() {
        float[] x = Init.truncatedNormal(1, 2, -1, 2).sample(Shape.of(200, 100), SEED, 3);
        for (float v : x) {
            assertTrue(v >= -1 && v <= 2, "value " + v);
        }
        // Mean of a normal(1, 2) cut to ±: μ + σ·(φ(α) − φ(β))/(Φ(β) − Φ(α)) with α = −1, β = 0.5.
        assertEquals(1 + 2 * (0.2419707 - 0.3520653) / (0.6914625 - 0.1586553), mean(x), 0.03);
        assertArrayEquals(x, Init.truncatedNormal(1, 2, -1, 2).sample(Shape.of(200, 100), SEED, 3));
        assertThrows(SextantException.class, () -> Init.truncatedNormal(0, 1, 9, 10).sample(Shape.of(4), SEED, 0));
        assertThrows(SextantException.class, () -> Init.truncatedNormal(0, 1, 1, 1).sample(Shape.of(4), SEED, 0));
    }

    @TestFactory
    Stream<DynamicTest> orthogonal() {
        return Stream.of(Shape.of(5, 5), Shape.of(3, 8), Shape.of(9, 4), Shape.of(6, 2, 3, 3), Shape.of(32, 1, 3, 3))
                .map(shape -> DynamicTest.dynamicTest("orthogonal " + shape, () -> orthogonal(shape)));
    }

    private static void orthogonal(Shape shape) {
        float[] w = Init.orthogonal(2).sample(shape, SEED, 1);
        int rows = shape.dim(0);
        int columns = w.length / rows;
        boolean wide = rows <= columns;
        int n = Math.min(rows, columns);
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                double dot = 0;
                for (int k = 0; k < Math.max(rows, columns); k++) {
                    dot += wide ? w[a * columns + k] * (double) w[b * columns + k]
                            : w[k * columns + a] * (double) w[k * columns + b];
                }
                assertEquals(a == b ? 4 : 0, dot, 1e-5, "product of " + a + " and " + b);
            }
        }
    }

    @Test
    void unknownGainIsNamed() {
        var e = assertThrows(SextantException.class, () -> Init.gain("rellu"));
        assertTrue(e.getMessage().contains("'rellu'") && e.getMessage().contains("relu, leaky_relu"), e.getMessage());
        assertEquals(List.of(1.0, 5.0 / 3), List.of(Init.gain("sigmoid"), Init.gain("tanh")));
    }

    private static double largest(float[] x) {
        double largest = 0;
        for (float v : x) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }

    private static double mean(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += v;
        }
        return sum / x.length;
    }

    private static double deviation(float[] x) {
        double mean = mean(x);
        double sum = 0;
        for (float v : x) {
            sum += (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / x.length);
    }
}
