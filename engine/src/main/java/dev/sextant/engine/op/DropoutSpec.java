package dev.sextant.engine.op;

import dev.sextant.engine.error.ShapeException;

/// Inverted dropout: elements are dropped with probability `p`, the others divided by `1 − p`.
///
/// @param p      probability of dropping, `0 <= p < 1` (or 1: everything is dropped)
/// @param seed   of the generator
/// @param stream which sequence of that seed: one per layer and step
public record DropoutSpec(double p, long seed, long stream) implements OpSpec {
    public DropoutSpec {
        if (!(p >= 0 && p <= 1)) {
            throw new ShapeException("dropout: p must be in 0..1, but is %s", p);
        }
    }

    @Override
    public String opName() {
        return "dropout";
    }
}
