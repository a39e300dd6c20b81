package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.LinearSpec;

/// The fully connected map `y = act(x·wᵀ + bias)`; with `dz = act′·dy`, `dx = dz·w`, `dw = dzᵀ·x`, `dbias = Σ dz`.
public final class Linear {
    private Linear() {
    }

    /// @param x    `[…, in]`: leading axes are kept
    /// @param w    `[out, in]`
    /// @param bias `[out]` or null
    /// @return `[…, out]`
    public static Var linear(LinearSpec spec, Var x, Var w, Var bias) {
        Shape out = spec.outputShape(x.shape(), w.shape());
        if (bias != null) {
            Checks.same("linear", "bias", bias.shape(), Shape.of(w.shape().dim(0)), "one per row of w " + w.shape());
        }
        Op.requireFusable(spec.opName(), spec.activation());
        Op.kernels(spec, x, w, bias);
        if (x.shape().rank() == 2) {
            return matrix(spec, x, w, bias);
        }
        int in = x.shape().dim(-1);
        int rows = Math.toIntExact(x.shape().without(-1).size());
        Var flat = matrix(spec, Shaping.reshape(x, rows, in), w, bias);
        return Shaping.reshape(flat, out.dims());
    }

    private static Var matrix(LinearSpec spec, Var x, Var w, Var bias) {
        var kernels = Op.kernels(spec, x, w, bias);
        NDArray y = Op.result(spec, Shape.of(x.shape().dim(0), w.shape().dim(0)), x.value(), w.value());
        kernels.linear(spec, x.value(), w.value(), Op.value(bias), y);
        if (!Var.wantsGrad(x, w, bias)) {
            return Var.of(y);
        }
        var grad = new Grad(spec, Saved.of(x.value()), Saved.of(w.value()),
                Saved.when(!spec.activation().isIdentity(), y));
        return Var.result(spec, y, grad, x, w, bias);
    }

    record Grad(LinearSpec spec, Saved x, Saved w, Saved y) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            var kernels = dy.device().kernels();
            NDArray dz = Op.beforeActivation(spec.activation(), y, dy, "linear", sink);
            if (sink.wants(0)) {
                kernels.linearBackwardData(spec, dz, w.get("linear"), sink.target(0));
            }
            if (sink.wants(1)) {
                kernels.linearBackwardWeight(spec, dz, x.get("linear"), sink.target(1));
            }
            if (sink.wants(2)) {
                kernels.linearBackwardBias(spec, dz, sink.target(2));
            }
            Op.done(dz, dy);
        }
    }
}
