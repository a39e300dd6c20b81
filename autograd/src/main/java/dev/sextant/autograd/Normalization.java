package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// Normalisations: `y = γ·x̂ + β` with `x̂ = (x − μ)/√(σ² + ε)`. With `g = γ·dy` and means over whatever shares μ and σ:
/// `dx = (g − mean(g) − x̂·mean(g·x̂))/√(σ² + ε)`, `dγ = Σ dy·x̂`, `dβ = Σ dy`.
public final class Normalization {
    private Normalization() {
    }

    /// Batch normalisation per channel. In training the running statistics are updated in place.
    ///
    /// @param x           `[N, C]` or `[N, C, …]`
    /// @param gamma       `[C]`, or null with `beta`
    /// @param beta        `[C]`, or null with `gamma`
    /// @param runningMean `[C]`; may be null in training, together with `runningVar`
    /// @param runningVar  `[C]`
    public static Var batchNorm(BatchNormSpec spec, Var x, Var gamma, Var beta, NDArray runningMean,
            NDArray runningVar) {
        return batchNorm(spec, x, null, gamma, beta, runningMean, runningVar);
    }

    /// As [#batchNorm] of a residual block (He et al., 2015): `act(batchNorm(x) + residual)`.
    ///
    /// @param residual shaped like `x`, or null for none
    public static Var batchNorm(BatchNormSpec spec, Var x, Var residual, Var gamma, Var beta, NDArray runningMean,
            NDArray runningVar) {
        int channels = channels(x, gamma, runningMean);
        Shape out = spec.outputShape(x.shape(), channels);
        String op = spec.opName();
        affine(op, gamma, beta, Shape.of(channels), "one per channel of x " + x.shape());
        statistics(spec, runningMean, runningVar, channels, x);
        Op.requireFusable(op, spec.activation());
        if (residual != null) {
            Checks.same(op, "residual", residual.shape(), x.shape(), "it is added to the normalised x");
        }
        var kernels = Op.kernels(spec, x, gamma, beta, residual);
        NDArray y = Op.result(spec, out, x.value());
        Aux aux = residual == null
                ? kernels.batchNorm(spec, x.value(), Op.value(gamma), Op.value(beta), runningMean, runningVar, y)
                : kernels.batchNormAdd(spec, x.value(), residual.value(), Op.value(gamma), Op.value(beta), runningMean,
                        runningVar, y);
        if (spec.training() && runningMean != null) {
            runningMean.storage().written(op);
            runningVar.storage().written(op);
        }
        if (!Var.wantsGrad(x, gamma, beta, residual)) {
            return Var.of(y);
        }
        var grad = new BatchGrad(spec, Saved.of(x.value()), Saved.when(gamma != null, Op.value(gamma)),
                Saved.when(!spec.activation().isIdentity(), y), aux);
        return Var.result(spec, y, grad, x, gamma, beta, residual);
    }

    private static int channels(Var x, Var gamma, NDArray runningMean) {
        NDArray perChannel = gamma != null ? gamma.value() : runningMean;
        if (perChannel != null && perChannel.rank() == 1) {
            return perChannel.dim(0);
        }
        return x.shape().rank() < 2 ? 0 : x.shape().dim(1);
    }

    private static void statistics(BatchNormSpec spec, NDArray mean, NDArray variance, int channels, Var x) {
        if ((mean == null) != (variance == null) || (mean == null && !spec.training())) {
            throw new ShapeException("batch_norm: %s; give running mean and variance [%d]", spec.training()
                    ? "only one of the running statistics is there"
                    : "evaluation needs the running statistics",
                    channels);
        }
        if (mean != null) {
            Checks.same("batch_norm", "runningMean", mean.shape(), Shape.of(channels), "one per channel");
            Checks.same("batch_norm", "runningVar", variance.shape(), Shape.of(channels), "one per channel");
            x.value().requireSameDevice("batch_norm", mean.requireLive("batch_norm"));
            x.value().requireSameDevice("batch_norm", variance.requireLive("batch_norm"));
            Checks.floating("batch_norm", x.value(), mean, variance);
        }
    }

    private static final int RESIDUAL = 3;

    record BatchGrad(BatchNormSpec spec, Saved x, Saved gamma, Saved y, Aux aux) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            String op = spec.opName();
            var kernels = dy.device().kernels();
            if (spec.activation().isIdentity()) {
                if (sink.wants(RESIDUAL)) {
                    sink.pass(RESIDUAL, dy);
                }
                kernels.batchNormBackward(spec, dy, x.get(op), Saved.get(gamma, op), aux, sink.target(0),
                        sink.target(1), sink.target(2));
                return;
            }
            // The residual's gradient is the one before the activation: a first contribution needs no copy. (Where x is
            // the residual, dx came first.)
            Target dx = sink.target(0);
            Target residual = sink.wants(RESIDUAL) ? sink.target(RESIDUAL) : null;
            boolean isFirst = residual != null && !residual.adds();
            NDArray dz = isFirst ? residual.array() : Op.roomBeforeActivation(y.get(op), dy, sink);
            kernels.batchNormActivationBackward(spec, dy, x.get(op), y.get(op), Saved.get(gamma, op), aux, dz,
                    dx, sink.target(1), sink.target(2));
            if (residual != null && !isFirst) {
                kernels.copy(dz, residual.array(), Write.ADD);
            }
            if (!isFirst) {
                Op.done(dz, dy);
            }
        }
    }

    /// Normalises over the last axes; γ and β have their extents, or are null.
    public static Var layerNorm(LayerNormSpec spec, Var x, Var gamma, Var beta) {
        Shape last = spec.normalizedShape(x.shape());
        affine(spec.opName(), gamma, beta, last, "the normalised axes of x " + x.shape());
        return normalise(spec, Kernels::layerNorm, Kernels::layerNormBackward, x, gamma, beta);
    }

    /// Normalises over groups of channels of `[N, C, …]`; γ and β are `[C]`, or null.
    public static Var groupNorm(GroupNormSpec spec, Var x, Var gamma, Var beta) {
        Shape out = spec.outputShape(x.shape());
        affine(spec.opName(), gamma, beta, Shape.of(out.dim(1)), "one per channel of x " + x.shape());
        return normalise(spec, Kernels::groupNorm, Kernels::groupNormBackward, x, gamma, beta);
    }

    /// A kernel that normalises.
    @FunctionalInterface
    interface Forward<S> {
        Aux run(Kernels kernels, S spec, NDArray x, NDArray gamma, NDArray beta, NDArray y);
    }

    /// Its gradient kernel.
    @FunctionalInterface
    interface BackwardKernel<S> {
        void run(Kernels kernels, S spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx, Target dgamma,
                Target dbeta);
    }

    private static <S extends OpSpec> Var normalise(S spec, Forward<S> forward, BackwardKernel<S> backward, Var x,
            Var gamma, Var beta) {
        var kernels = Op.kernels(spec, x, gamma, beta);
        NDArray y = Op.result(spec, x.shape(), x.value());
        Aux aux = forward.run(kernels, spec, x.value(), Op.value(gamma), Op.value(beta), y);
        if (!Var.wantsGrad(x, gamma, beta)) {
            return Var.of(y);
        }
        var grad = new Grad<>(spec, backward, Saved.of(x.value()), Saved.when(gamma != null, Op.value(gamma)), aux);
        return Var.result(spec, y, grad, x, gamma, beta);
    }

    record Grad<S extends OpSpec>(S spec, BackwardKernel<S> kernel, Saved x, Saved gamma, Aux aux)
            implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            kernel.run(dy.device().kernels(), spec, dy, x.get(spec.opName()), Saved.get(gamma, spec.opName()), aux,
                    sink.target(0), sink.target(1), sink.target(2));
        }
    }

    /// Local response normalisation across the channels of `[N, C, H, W]`.
    public static Var localResponseNorm(LocalResponseNormSpec spec, Var x) {
        Checks.rank(spec.opName(), "x", x.shape(), 4, "[N, C, H, W]");
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, x.shape(), x.value());
        kernels.localResponseNorm(spec, x.value(), y);
        if (!Var.wantsGrad(x)) {
            return Var.of(y);
        }
        return Var.result(spec, y, new LocalResponseGrad(spec, Saved.of(x.value()), Saved.of(y)), x);
    }

    record LocalResponseGrad(LocalResponseNormSpec spec, Saved x, Saved y) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().localResponseNormBackward(spec, dy, x.get(spec.opName()), y.get(spec.opName()),
                    sink.target(0));
        }
    }

    private static void affine(String op, Var gamma, Var beta, Shape wanted, String why) {
        if ((gamma == null) != (beta == null)) {
            throw new ShapeException("%s: gamma and beta come together, %s, or both are null", op, wanted);
        }
        if (gamma != null) {
            Checks.same(op, "gamma", gamma.shape(), wanted, why);
            Checks.same(op, "beta", beta.shape(), wanted, why);
        }
    }
}
