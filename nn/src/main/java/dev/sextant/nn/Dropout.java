package dev.sextant.nn;

import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.DropoutSpec;

/// Inverted dropout: in training, drops elements with probability `p` and divides the others by `1 − p`; in
/// evaluation, does nothing.
///
/// The mask is a function of (seed, layer, step): [#position] sets all three, so that a resumed run draws the masks
/// that an uninterrupted one would.
public final class Dropout extends Layer {
    private double p;
    private long seed;
    private long layerIndex;
    private long step;

    /// @param p probability of dropping an element, 0..1
    public Dropout(double p) {
        this.p = new DropoutSpec(p, 0, 0).p();
    }

    /// Switches this layer off for good (p = 0), for comparisons that need every unit.
    public void disable() {
        p = 0;
    }

    /// Sets where in the random sequence the next training forward pass draws.
    public void position(long newSeed, long newLayerIndex, long newStep) {
        seed = newSeed;
        layerIndex = newLayerIndex;
        step = newStep;
    }

    /// Sets the position of every dropout layer of a model.
    public static void position(Layer model, long seed, long step) {
        long[] index = {0};
        model.visit("", (path, layer) -> {
            if (layer instanceof Dropout d) {
                d.position(seed, index[0]++, step);
            }
        });
    }

    @Override
    public Var forward(Var x) {
        if (!isTraining() || p == 0) {
            return x;
        }
        // Streams below 2^32 initialise parameters; a mask's stream is its layer and step.
        long stream = (layerIndex + 1) << 40 | step++;
        return Pointwise.dropout(new DropoutSpec(p, seed, stream), x);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return in;
    }
}
