package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.ElementLossSpec;

/// The losses of one input against one target, and their derivatives. Formulas: [ElementLossSpec.Kind].
final class ElementLosses {
    private ElementLosses() {
    }

    /// @param positive weight of the positive class, for binary cross-entropy
    static double value(ElementLossSpec spec, double x, double t, double positive) {
        double d = x - t;
        double a = Math.abs(d);
        double limit = spec.parameter();
        return switch (spec.kind()) {
            case MSE -> d * d;
            case L1 -> a;
            case SMOOTH_L1 -> a < limit ? d * d / (2 * limit) : a - limit / 2;
            case HUBER -> a <= limit ? d * d / 2 : limit * (a - limit / 2);
            case BCE_WITH_LOGITS -> positive * t * Functions.softplus(-x) + (1 - t) * Functions.softplus(x);
            case NLL -> throw new SextantException("nll_loss: compares with class indices, not element by element");
        };
    }

    /// `∂value/∂x`.
    static double slopeInput(ElementLossSpec spec, double x, double t, double positive) {
        double d = x - t;
        double a = Math.abs(d);
        double limit = spec.parameter();
        return switch (spec.kind()) {
            case MSE -> 2 * d;
            case L1 -> Math.signum(d);
            case SMOOTH_L1 -> a < limit ? d / limit : Math.signum(d);
            case HUBER -> a <= limit ? d : limit * Math.signum(d);
            case BCE_WITH_LOGITS -> (1 - t) * Functions.sigmoid(x) - positive * t * Functions.sigmoid(-x);
            case NLL -> throw new SextantException("nll_loss: compares with class indices, not element by element");
        };
    }

    /// `∂value/∂t`.
    static double slopeTarget(ElementLossSpec spec, double x, double t, double positive) {
        return spec.kind() == ElementLossSpec.Kind.BCE_WITH_LOGITS
                ? positive * Functions.softplus(-x) - Functions.softplus(x)
                : -slopeInput(spec, x, t, positive);
    }
}
