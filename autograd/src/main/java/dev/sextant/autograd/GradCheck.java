package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.GraphException;
import java.util.SplittableRandom;

/// Compares the gradients of [Var#backward] with central differences, in float64 on the device `ref`: the proof that a
/// pullback belongs to its forward pass.
///
/// ```java
/// GradCheck.check(v -> Arithmetic.mul(v[0], v[1]), a, b);
/// ```
///
/// The function must be smooth around the inputs (no ties of a maximum, no element on the kink of a relu) and must
/// compute the same thing every time it is called. Also checked is that a second pass adds to the gradients and that a
/// pass after clearing overwrites them. A result that is no scalar is multiplied by fixed random numbers
/// and summed, so that an error in any element shows.
public final class GradCheck {
    /// Half the distance of the two function values. The difference quotient errs by about `step²` from curvature and
    /// by about `2⁻⁵³/step` from rounding, both far below the tolerance.
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private GradCheck() {
    }

    /// A differentiable function of some values.
    @FunctionalInterface
    public interface Computation {
        /// Computes the result from the inputs, which are float64 on `ref`.
        Var apply(Var... inputs);
    }

    /// What a successful check found.
    ///
    /// @param elements   how many partial derivatives were compared
    /// @param worstError largest difference, relative to `max(1, |derivative|)`
    public record Report(int elements, double worstError) {
    }

    /// Checks the gradient of `f` with respect to every element of every input.
    ///
    /// @param inputs floating arrays of any type and device; they are not changed
    /// @throws GraphException naming the input, the element and both numbers if some derivative is wrong
    public static Report check(Computation f, NDArray... inputs) {
        return check(f, TOLERANCE, inputs);
    }

    /// As above, with a tolerance relative to `max(1, |derivative|)`.
    public static Report check(Computation f, double tolerance, NDArray... inputs) {
        double[][] at = new double[inputs.length][];
        Var[] leaves = new Var[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            if (!inputs[i].dtype().isFloating()) {
                throw new GraphException("gradcheck: input %d is %s; only floating arrays have gradients, let the "
                        + "function hold the others", i, inputs[i]);
            }
            at[i] = inputs[i].toDoubles();
            leaves[i] = Var.leaf(NDArray.of(at[i], inputs[i].shape(), Device.ref()));
        }
        Var y = f.apply(leaves);
        if (y.dtype() != DType.FLOAT64) {
            throw new GraphException("gradcheck: the function must compute in float64 on ref, but its result is %s",
                    y.value());
        }
        double[] weights = weights(y);
        double[][] backward = backward(y, weights, leaves);
        requireSetAndAdd(f, weights, leaves, backward, tolerance);

        int elements = 0;
        double worst = 0;
        for (int i = 0; i < inputs.length; i++) {
            double[] analytic = backward[i];
            for (int j = 0; j < at[i].length; j++) {
                double numeric = difference(f, inputs, at, i, j, weights);
                double error = Math.abs(analytic[j] - numeric) / Math.max(1, Math.abs(numeric));
                if (!(error <= tolerance)) {
                    throw new GraphException("gradcheck: input %d %s, element %d: backward gives %.12g, the central "
                            + "difference %.12g; they differ by %.3g, allowed is %.3g", i, inputs[i].shape(), j,
                            analytic[j], numeric, error, tolerance);
                }
                worst = Math.max(worst, error);
                elements++;
            }
        }
        return new Report(elements, worst);
    }

    private static double[][] backward(Var y, double[] weights, Var[] leaves) {
        y.backward(NDArray.of(weights, y.shape(), Device.ref()));
        double[][] gradients = new double[leaves.length][];
        for (int i = 0; i < leaves.length; i++) {
            gradients[i] = leaves[i].grad() == null ? new double[(int) leaves[i].shape().size()]
                    : leaves[i].grad().toDoubles();
        }
        return gradients;
    }

    /// A second backward pass must add the same gradients again, and one after clearing must overwrite what the
    /// memory still holds.
    private static void requireSetAndAdd(Computation f, double[] weights, Var[] leaves, double[][] first,
            double tolerance) {
        double[][] added = backward(f.apply(leaves), weights, leaves);
        for (Var leaf : leaves) {
            leaf.clearGrad();
        }
        double[][] set = backward(f.apply(leaves), weights, leaves);
        for (int i = 0; i < leaves.length; i++) {
            for (int j = 0; j < first[i].length; j++) {
                double once = first[i][j];
                double allowed = tolerance * Math.max(1, Math.abs(once));
                if (!(Math.abs(added[i][j] - 2 * once) <= allowed) || !(Math.abs(set[i][j] - once) <= allowed)) {
                    throw new GraphException("gradcheck: input %d %s, element %d: backward gives %.12g at first, %.12g "
                            + "after a second pass that should add the same, and %.12g after a pass that should "
                            + "overwrite; a pullback ignores Target.write(), or the function is not the same every "
                            + "time", i, leaves[i].shape(), j, once, added[i][j], set[i][j]);
                }
            }
        }
    }

    /// `(L(x + h) − L(x − h))/2h` with `L = Σ weights·f`, for element `j` of input `i`.
    private static double difference(Computation f, NDArray[] inputs, double[][] at, int i, int j, double[] weights) {
        double x = at[i][j];
        double h = STEP * Math.max(1, Math.abs(x));
        at[i][j] = x + h;
        double above = weighted(f, inputs, at, weights);
        at[i][j] = x - h;
        double below = weighted(f, inputs, at, weights);
        at[i][j] = x;
        return (above - below) / ((x + h) - (x - h));
    }

    private static double weighted(Computation f, NDArray[] inputs, double[][] at, double[] weights) {
        Var[] constants = new Var[at.length];
        for (int i = 0; i < at.length; i++) {
            constants[i] = Var.of(NDArray.of(at[i], inputs[i].shape(), Device.ref()));
        }
        double[] y = f.apply(constants).value().toDoubles();
        double sum = 0;
        for (int k = 0; k < y.length; k++) {
            sum += weights[k] * y[k];
        }
        return sum;
    }

    /// One for a scalar, else numbers in 0.5 … 1.5 with either sign.
    private static double[] weights(Var y) {
        var random = new SplittableRandom(1);
        double[] weights = new double[(int) y.shape().size()];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = weights.length == 1 ? 1 : (random.nextBoolean() ? 1 : -1) * random.nextDouble(0.5, 1.5);
        }
        return weights;
    }
}
