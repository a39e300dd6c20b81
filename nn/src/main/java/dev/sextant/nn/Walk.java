package dev.sextant.nn;

import dev.sextant.engine.Shape;

/// Watches a walk over a model that computes shapes only: the way models are checked, initialised and summarised
/// without running them.
public interface Walk {
    /// Watches nothing.
    Walk NONE = new Walk() {
    };

    /// Before a layer, outermost first.
    ///
    /// @param in shape of its input, batch included
    default void enter(Layer layer, Shape in) {
    }

    /// After a layer, innermost first.
    default void leave(Layer layer, Shape in, Shape out) {
    }
}
