package dev.sextant.zoo.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// **Lesson:** with few examples, every one of them can serve both ways: train K times, each time with another K-th
/// held out, and average. The mean training error cannot choose the degree, since it always prefers more; the mean
/// validation error does.
class Lesson05KFoldTest {
    private static final int FOLDS = 5;
    private static final int[] DEGREES = {1, 3, 12};

    @Test
    void choosesTheDegree() {
        double[] train = new double[DEGREES.length];
        double[] validation = new double[DEGREES.length];
        for (int i = 0; i < DEGREES.length; i++) {
            var data = Polynomials.data(25, DEGREES[i], 4);
            int held = 0;
            for (int f = 0; f < FOLDS; f++) {
                var fold = data.fold(f, FOLDS);
                double[] errors = Polynomials.errors(fold.train(), fold.validation(), DEGREES[i]);
                train[i] += errors[0] / FOLDS;
                validation[i] += errors[1] / FOLDS;
                held += fold.validation().size();
            }
            assertEquals(25, held, "every example is held out once");
        }
        String all = Arrays.toString(train) + Arrays.toString(validation);
        assertTrue(train[2] < train[1] && train[1] < train[0], "the training error prefers more\n" + all);
        assertTrue(validation[1] < validation[0] && validation[1] < validation[2],
                "the validation error finds the cubic\n" + all);
    }
}
