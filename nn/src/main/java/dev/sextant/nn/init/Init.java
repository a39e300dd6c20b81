package dev.sextant.nn.init;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.random.Philox;
import java.util.Arrays;

/// A way to fill a new parameter: a pure function of (shape, seed, stream). For a weight `[out, in, R, S]`, fan-in is
/// `in·R·S` and fan-out `out·R·S`.
@FunctionalInterface
public interface Init {
    /// Row-major values.
    float[] sample(Shape shape, long seed, long stream);

    /// Every value the same.
    static Init constant(double value) {
        return (shape, seed, stream) -> {
            float[] out = new float[Math.toIntExact(shape.size())];
            Arrays.fill(out, (float) value);
            return out;
        };
    }

    /// Uniform in `[low, high)`.
    static Init uniform(double low, double high) {
        return (shape, seed, stream) -> Philox.uniform(seed, stream, Math.toIntExact(shape.size()), low, high);
    }

    /// Normal.
    static Init normal(double mean, double deviation) {
        return (shape, seed, stream) -> Philox.normal(seed, stream, Math.toIntExact(shape.size()), mean, deviation);
    }

    /// Uniform in `±√(6/(fan-in + fan-out))` (Glorot &amp; Bengio, 2010).
    static Init xavierUniform() {
        return xavierUniform(1);
    }

    /// As above, times a gain.
    static Init xavierUniform(double gain) {
        return (shape, seed, stream) -> {
            double bound = gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
            return uniform(-bound, bound).sample(shape, seed, stream);
        };
    }

    /// Normal with deviation `gain·√(2/(fan-in + fan-out))`.
    static Init xavierNormal(double gain) {
        return (shape, seed, stream) -> normal(0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))))
                .sample(shape, seed, stream);
    }

    /// Uniform in `±gain·√(3/fan)` (He et al., 2015); gain √2 for relu.
    static Init kaimingUniform(double gain, boolean fanOut) {
        return (shape, seed, stream) -> {
            double bound = gain * Math.sqrt(3.0 / (fanOut ? fanOut(shape) : fanIn(shape)));
            return uniform(-bound, bound).sample(shape, seed, stream);
        };
    }

    /// Normal with deviation `gain/√fan` (He et al., 2015); gain √2 for relu.
    static Init kaimingNormal(double gain, boolean fanOut) {
        return (shape, seed, stream) -> normal(0, gain / Math.sqrt(fanOut ? fanOut(shape) : fanIn(shape)))
                .sample(shape, seed, stream);
    }

    /// Normal, drawn again wherever it falls outside `low … high` (in units of the values, not of the deviation).
    static Init truncatedNormal(double mean, double deviation, double low, double high) {
        return (shape, seed, stream) -> Draws.truncatedNormal(Math.toIntExact(shape.size()), seed, stream, mean,
                deviation, low, high);
    }

    /// A random orthogonal matrix (Saxe et al., 2013) times `gain`: a weight `[out, …]` seen as `[out, in·R·S]` has
    /// orthonormal rows, or orthonormal columns where there are fewer of these.
    static Init orthogonal(double gain) {
        return (shape, seed, stream) -> Draws.orthogonal(shape, seed, stream, gain);
    }

    /// What keeps the variance through an activation, as PyTorch's `calculate_gain`: for `linear`, `conv2d`, `sigmoid`
    /// 1, `tanh` 5/3, `relu` √2, `selu` 3/4; `leaky_relu` is [#leakyReluGain].
    ///
    /// @throws SextantException if there is no such activation
    static double gain(String activation) {
        return switch (activation) {
            case "linear", "conv2d", "sigmoid" -> 1;
            case "tanh" -> 5.0 / 3;
            case "relu" -> Math.sqrt(2);
            case "leaky_relu" -> leakyReluGain(0.01);
            case "selu" -> 0.75;
            default -> throw new SextantException("init: there is no gain for '%s'; known are linear, conv2d, sigmoid, "
                    + "tanh, relu, leaky_relu, selu", activation);
        };
    }

    /// `√(2/(1 + slope²))`.
    static double leakyReluGain(double slope) {
        return Math.sqrt(2 / (1 + slope * slope));
    }

    /// Number of inputs of one output unit: everything but the first axis.
    static long fanIn(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.size() / shape.dim(0);
    }

    /// Number of output units that one input reaches.
    static long fanOut(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.size() / shape.dim(1);
    }
}
