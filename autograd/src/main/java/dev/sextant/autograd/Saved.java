package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.GraphException;

/// A tensor that a pullback keeps for backward, with the version it had. Backward refuses one that was changed in
/// place since, or whose scope has closed.
public record Saved(NDArray array, long version) {

    /// Keeps `array` as it is now.
    public static Saved of(NDArray array) {
        return new Saved(array, array.storage().version());
    }

    /// Keeps `array` if it is wanted, else nothing (null).
    public static Saved when(boolean wanted, NDArray array) {
        return wanted ? of(array) : null;
    }

    /// The array, for the backward pass of `op`.
    ///
    /// @throws GraphException if it was changed in place
    public NDArray get(String op) {
        array.requireLive("backward of " + op);
        if (array.storage().version() != version) {
            throw new GraphException("backward of %s: the saved tensor %s was changed in place by %s after the forward "
                    + "pass (version %d, saved at %d); change a copy instead, x.copy()", op, array,
                    array.storage().lastWriter(), array.storage().version(), version);
        }
        return array;
    }

    /// The array behind a handle that may be absent.
    public static NDArray get(Saved saved, String op) {
        return saved == null ? null : saved.get(op);
    }
}
