package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.stream.IntStream;

/// Batch normalisation written out in plain operations, to be read and stepped through: a pure function that changes
/// none of its inputs and hands back the new running statistics. Its gradients come from those operations.
/// [Normalization#batchNorm] computes the same with one kernel each way and moves the statistics in place.
///
/// For each channel, over everything else (the batch, and in images the pixels), with `n` values each:
///
/// | `μ`  | `Σ x / n`                      |
/// |------|--------------------------------|
/// | `σ²` | `Σ (x − μ)² / n`               |
/// | `x̂`  | `(x − μ) / √(σ² + ε)`          |
/// | `y`  | `γ·x̂ + β`                      |
///
/// so that γ = √(σ² + ε) and β = μ give back `x`. Evaluation takes the running mean and variance for μ and σ².
///
/// @see <a href="https://arxiv.org/abs/1502.03167">Ioffe &amp; Szegedy, 2015</a>
public final class BatchNormByHand {
    private BatchNormByHand() {
    }

    /// Which variance, and what `momentum` means, when the running statistics move.
    public enum Convention {
        /// PyTorch's: `running = (1 − momentum)·running + momentum·batch`, with the unbiased variance `σ²·n/(n − 1)`.
        /// [Normalization#batchNorm] follows it.
        PYTORCH,
        /// The textbook's: `moving = momentum·moving + (1 − momentum)·batch`, with the biased variance `σ²`. Its
        /// momentum 0.9 moves the mean as PyTorch's 0.1 does, but not the variance.
        BOOK
    }

    /// What comes out.
    ///
    /// @param y        shaped like `x`
    /// @param mean     the running mean after this step, `[C]`
    /// @param variance the running variance after this step, `[C]`
    public record Result(Var y, NDArray mean, NDArray variance) {
    }

    /// A training step: normalises with the batch's own statistics.
    ///
    /// One value per channel (`[1, C]`) has variance 0 and gives β everywhere; [Normalization#batchNorm] refuses that.
    ///
    /// @param x     `[N, C]` or `[N, C, …]`
    /// @param gamma `[C]`
    /// @param beta  `[C]`
    /// @param mean  the running mean so far, `[C]`
    /// @param variance the running variance so far, `[C]`
    public static Result training(Var x, Var gamma, Var beta, NDArray mean, NDArray variance, double eps,
            double momentum, Convention convention) {
        int[] others = otherAxes(x.shape(), gamma.shape());
        Var mu = Reductions.mean(x, true, others);
        Var centred = Arithmetic.sub(x, mu);
        Var sigma2 = Reductions.mean(Pointwise.square(centred), true, others);
        Var y = scaleAndShift(centred, sigma2, gamma, beta, eps);

        double n = (double) x.shape().size() / x.shape().dim(1);
        double share = convention == Convention.PYTORCH ? momentum : 1 - momentum;
        double unbiased = convention == Convention.PYTORCH ? n / (n - 1) : 1;
        return new Result(y, moved(mean, mu, share, 1), moved(variance, sigma2, share, unbiased));
    }

    /// Evaluation: normalises with the running statistics, which stay as they are.
    ///
    /// @param x shapes as for [#training]
    public static Var evaluation(Var x, Var gamma, Var beta, NDArray mean, NDArray variance, double eps) {
        otherAxes(x.shape(), gamma.shape());
        Var centred = Arithmetic.sub(x, perChannel(Var.of(mean), x.shape()));
        return scaleAndShift(centred, perChannel(Var.of(variance), x.shape()), gamma, beta, eps);
    }

    /// `γ·(x − μ)/√(σ² + ε) + β`.
    private static Var scaleAndShift(Var centred, Var sigma2, Var gamma, Var beta, double eps) {
        Var normalised = Arithmetic.mul(centred, Pointwise.rsqrt(Arithmetic.add(sigma2, eps)));
        Shape shape = centred.shape();
        return Arithmetic.add(Arithmetic.mul(perChannel(gamma, shape), normalised), perChannel(beta, shape));
    }

    /// `[C]` as `[1, C, 1, …]`, which broadcasts against `x`.
    private static Var perChannel(Var v, Shape x) {
        return Shaping.reshape(v, IntStream.range(0, x.rank()).map(axis -> axis == 1 ? x.dim(1) : 1).toArray());
    }

    /// `(1 − share)·running + share·batch·factor`; no gradient flows into statistics.
    private static NDArray moved(NDArray running, Var batch, double share, double factor) {
        Var flat = Var.of(batch.value().reshape(running.shape().dims()));
        return Arithmetic.add(Arithmetic.mul(Var.of(running), 1 - share), Arithmetic.mul(flat, share * factor)).value();
    }

    private static int[] otherAxes(Shape x, Shape gamma) {
        if (gamma.rank() != 1) {
            throw new ShapeException("batch_norm: gamma must be [C], one per channel of x %s, but is %s", x, gamma);
        }
        // The kernel's own check but for its refusal of one value per channel, which only training makes.
        new BatchNormSpec(0, 0, false, UnarySpec.IDENTITY).outputShape(x, gamma.dim(0));
        return IntStream.range(0, x.rank()).filter(axis -> axis != 1).toArray();
    }
}
