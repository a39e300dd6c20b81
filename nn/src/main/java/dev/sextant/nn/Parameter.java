package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.init.Init;

/// A learned tensor of a layer. It has a shape as soon as the layer knows its input, and a value once the model is
/// initialised.
public final class Parameter {
    private final String name;
    private final Shape shape;
    private final Init init;
    private Var var;
    private boolean frozen;

    Parameter(String name, Shape shape, Init init) {
        this.name = name;
        this.shape = shape;
        this.init = init;
    }

    /// Name within its layer: `weight`, `bias`.
    public String name() {
        return name;
    }

    public Shape shape() {
        return shape;
    }

    /// The layer's own wish for initial values, or null to leave it to the policy.
    public Init init() {
        return init;
    }

    /// The leaf that operations use.
    public Var var() {
        if (var == null) {
            throw new SextantException("parameter %s %s has no value yet: call model.initialize(inputShape, device, "
                    + "seed) first", name, shape);
        }
        return var;
    }

    /// The current values. Writing into them in place is allowed between steps.
    public NDArray value() {
        return var().value();
    }

    /// Whether it has values.
    public boolean isInitialized() {
        return var != null;
    }

    /// Gives it new values of the same shape.
    public void assign(NDArray value) {
        if (!value.shape().equals(shape)) {
            throw new SextantException("parameter %s has shape %s, but the values have %s", name, shape, value.shape());
        }
        var = frozen ? Var.of(value) : Var.leaf(value);
    }

    /// Computes with a value of any floating type that belongs to somebody else, for [LayerCheck].
    void substitute(Var other) {
        var = other;
    }

    /// A frozen parameter gets no gradient and is not updated.
    public void freeze(boolean on) {
        frozen = on;
        if (var != null) {
            assign(var.value());
        }
    }

    public boolean isFrozen() {
        return frozen;
    }
}
