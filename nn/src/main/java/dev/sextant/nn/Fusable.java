package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.UnarySpec;

/// A layer whose operation can apply an activation in the same pass.
interface Fusable {

    /// The layer followed by the activation, as one operation.
    Var forward(Var x, UnarySpec activation);

    /// The same, with the result in `place` if the layer can put it there; see [Layer#forward(Var, NDArray)].
    default Var forward(Var x, UnarySpec activation, NDArray place) {
        return forward(x, activation);
    }

    /// Whether that activation can be joined: its derivative must follow from its output, since only that is kept,
    /// and the layer must not have one already.
    boolean canFuse(UnarySpec activation);
}
