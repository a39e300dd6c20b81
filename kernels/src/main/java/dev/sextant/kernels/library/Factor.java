package dev.sextant.kernels.library;

import dev.sextant.engine.spi.Write;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/// The numbers 0 and 1 in native memory, for `result = α·computed + β·result`. β is 0 to set (the old contents are then
/// not read, NaN or not) and 1 to add.
final class Factor {
    static final Pointer ZERO = at(0);
    static final Pointer ONE = at(1);

    private Factor() {
    }

    private static Pointer at(float value) {
        return Addresses.pointer(Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, value).address());
    }

    /// β for a way of writing.
    static Pointer beta(boolean add) {
        return add ? ONE : ZERO;
    }

    /// β for a way of writing.
    static Pointer beta(Write write) {
        return beta(write == Write.ADD);
    }
}
