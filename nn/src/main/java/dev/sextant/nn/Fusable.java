package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.op.UnarySpec;

/// A layer whose operation can apply an activation in the same pass.
interface Fusable {

    /// The layer followed by the activation, as one operation.
    Var forward(Var x, UnarySpec activation);

    /// Whether that activation can be joined: its derivative must follow from its output, since only that is kept,
    /// and the layer must not have one already.
    boolean canFuse(UnarySpec activation);
}
