package dev.sextant.autograd;

import dev.sextant.engine.NDArray;

/// The backward half of one operation: from the gradient of its result to the gradients of its inputs. Written as a
/// record whose components are exactly what it needs, so that what the graph keeps alive can be read off.
@FunctionalInterface
public interface Pullback {
    /// Writes the gradients of the operation's parents.
    ///
    /// @param dy   gradient of the result, shaped like it
    /// @param sink where the parents' gradients go, by position
    void pull(NDArray dy, Sink sink);
}
