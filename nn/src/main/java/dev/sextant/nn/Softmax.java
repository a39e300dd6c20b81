package dev.sextant.nn;

import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;

/// `e^x / Σ e^x` along one axis, or its logarithm. Losses on logits contain it: a classifier that is trained with
/// cross-entropy needs no softmax of its own.
public final class Softmax extends Layer {
    private final int axis;
    private final boolean log;

    /// @param axis the axis that sums to 1; negative ones count from the end
    public Softmax(int axis) {
        this(axis, false);
    }

    private Softmax(int axis, boolean log) {
        this.axis = axis;
        this.log = log;
    }

    /// The logarithm of softmax, computed without forming the softmax.
    public static Softmax log(int axis) {
        return new Softmax(axis, true);
    }

    @Override
    public String typeName() {
        return log ? "LogSoftmax" : "Softmax";
    }

    @Override
    public Var forward(Var x) {
        return log ? Reductions.logSoftmax(x, axis) : Reductions.softmax(x, axis);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        in.axis(axis);
        return in;
    }
}
