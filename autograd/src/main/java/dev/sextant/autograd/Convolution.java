package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;

/// Differentiable convolution: `y = act(x ⋆ w + bias)`; with `dz = act′·dy`, `dx = dz ⋆ᵀ w`, `dw = x ⋆ dz`,
/// `dbias = Σ dz`.
public final class Convolution {
    private Convolution() {
    }

    /// @param bias `[K]` or null
    /// @return `[N, K, P, Q]`; shapes as in [Conv2dSpec]
    public static Var conv2d(Conv2dSpec spec, Var x, Var w, Var bias) {
        return conv2d(spec, x, w, bias, null);
    }

    /// As without `place`, with the result there if it can lie there.
    ///
    /// @param place from [Room#next], or null
    public static Var conv2d(Conv2dSpec spec, Var x, Var w, Var bias, NDArray place) {
        Op.requireFusable(spec.opName(), spec.activation());
        Shape out = check(spec, x, w, bias, null);
        NDArray y = Op.resultIn(place, spec, out, x.value(), w.value());
        y.device().kernels().conv2d(spec, x.value(), w.value(), Op.value(bias), y);
        if (!Var.wantsGrad(x, w, bias)) {
            return Var.of(y);
        }
        var grad = new Grad(spec, Saved.of(x.value()), Saved.of(w.value()),
                Saved.when(!spec.activation().isIdentity(), y));
        return Var.result(spec, y, grad, x, w, bias);
    }

    /// `act(x ⋆ w + bias + residual)`, the end of a residual block in inference: one operation where no gradient is
    /// recorded.
    ///
    /// @param residual shaped like the result
    public static Var conv2dAdd(Conv2dSpec spec, Var x, Var w, Var bias, Var residual) {
        Shape out = check(spec, x, w, bias, residual);
        if (Var.wantsGrad(x, w, bias, residual)) {
            Var sum = Arithmetic.add(conv2d(spec.with(UnarySpec.IDENTITY), x, w, bias), residual);
            return spec.activation().isIdentity() ? sum : Pointwise.unary(spec.activation(), sum);
        }
        NDArray y = Op.result(spec, out, x.value(), w.value());
        y.device().kernels().conv2dAdd(spec, x.value(), w.value(), Op.value(bias), residual.value(), y);
        return Var.of(y);
    }

    /// The result's shape, after everything that goes in was checked.
    private static Shape check(Conv2dSpec spec, Var x, Var w, Var bias, Var residual) {
        Shape out = spec.outputShape(x.shape(), w.shape());
        if (bias != null) {
            Checks.same("conv2d", "bias", bias.shape(), Shape.of(out.dim(1)), "one per filter of w " + w.shape());
        }
        if (residual != null) {
            Checks.same("conv2d", "residual", residual.shape(), out, "it is added to the result");
        }
        Op.kernels(spec, x, w, bias, residual);
        return out;
    }

    /// The components are exactly the tensors kept alive until backward.
    record Grad(Conv2dSpec spec, Saved x, Saved w, Saved y) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            var kernels = dy.device().kernels();
            boolean fuses = !spec.activation().isIdentity() && sink.wants(2);
            NDArray dz = fuses ? Op.roomBeforeActivation(y.get("conv2d"), dy, sink)
                    : Op.beforeActivation(spec.activation(), y, dy, "conv2d", sink);
            if (fuses) {
                kernels.conv2dActivationBackward(spec, dy, y.get("conv2d"), dz, sink.target(2));
            } else if (sink.wants(2)) {
                kernels.conv2dBackwardBias(spec, dz, sink.target(2));
            }
            if (sink.wants(0)) {
                kernels.conv2dBackwardData(spec, dz, w.get("conv2d"), sink.target(0));
            }
            if (sink.wants(1)) {
                kernels.conv2dBackwardFilter(spec, dz, x.get("conv2d"), sink.target(1));
            }
            Op.done(dz, dy);
        }
    }
}
