package dev.sextant.engine.op;

/// Softmax (`e^x / Σ e^x`) or its logarithm along one axis, computed after subtracting the maximum.
///
/// @param axis the axis, not negative
/// @param log  whether the logarithm is wanted
public record SoftmaxSpec(int axis, boolean log) implements OpSpec {
    public SoftmaxSpec {
        Checks.atLeast("softmax", "axis", axis, 0);
    }

    @Override
    public String opName() {
        return log ? "log_softmax" : "softmax";
    }
}
