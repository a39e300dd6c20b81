package dev.sextant.zoo.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// **Lesson:** twenty noisy examples of a cubic. A straight line cannot follow them (underfitting: both errors high); a
/// cubic does; degree 15 follows the noise too (overfitting: the training error falls below the noise, the test error
/// rises). Over the degree, the training error only falls, and the test error is a valley.
class Lesson04PolynomialFittingTest {
    private static final int[] DEGREES = {0, 1, 2, 3, 5, 9, 15};
    private static final int CUBIC = 3;

    @Test
    void theCapacityCurve() {
        double noise = Polynomials.NOISE * Polynomials.NOISE;
        double[] train = new double[DEGREES.length];
        double[] test = new double[DEGREES.length];
        var curve = new StringBuilder();
        for (int i = 0; i < DEGREES.length; i++) {
            double[] errors = Polynomials.errors(Polynomials.data(20, DEGREES[i], 1),
                    Polynomials.data(200, DEGREES[i], 2), DEGREES[i]);
            train[i] = errors[0];
            test[i] = errors[1];
            curve.append("degree ").append(DEGREES[i]).append(": train ").append(train[i]).append(", test ")
                    .append(test[i]).append('\n');
        }
        String all = curve.toString();
        int last = DEGREES.length - 1;
        for (int i = 1; i <= last; i++) {
            assertTrue(train[i] < train[i - 1] + 1e-3, "more capacity never fits the training examples worse\n" + all);
        }
        assertTrue(train[1] > 5 * noise && test[1] > 5 * noise, "a line underfits\n" + all);
        assertTrue(train[CUBIC] < 2 * noise && test[CUBIC] < 2 * noise, "a cubic fits\n" + all);
        assertTrue(train[last] < 0.7 * noise && test[last] > 2 * test[CUBIC], "degree 15 overfits\n" + all);
    }
}
