package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;

/// A gradient to be written: the array, and whether to set it or add to it. Methods with several gradients take null
/// for one that nobody needs.
public record Target(NDArray array, Write write) {

    /// A target that overwrites.
    public static Target set(NDArray array) {
        return new Target(array, Write.SET);
    }

    /// A target that adds.
    public static Target add(NDArray array) {
        return new Target(array, Write.ADD);
    }

    /// Whether this contribution is added to an earlier one.
    public boolean adds() {
        return write == Write.ADD;
    }
}
