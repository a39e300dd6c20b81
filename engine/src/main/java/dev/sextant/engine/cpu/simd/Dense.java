package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// A result as a dense row-major run: the array itself, or (for views, blocked arrays, and targets that are added to
/// by loops that only set) a stand-in that [#store] writes back.
final class Dense {
    private final NDArray wanted;
    private final NDArray used;
    private final Write write;

    private Dense(NDArray wanted, NDArray used, Write write) {
        this.wanted = wanted;
        this.used = used;
        this.write = write;
    }

    /// For a result that is overwritten.
    static Dense into(NDArray y) {
        return new Dense(y, y.isContiguous() ? y : NDArray.empty(y.shape(), y.dtype(), y.device()), Write.SET);
    }

    /// For a gradient; the loop overwrites, and [#store] adds where that is asked for.
    static Dense into(Target dx) {
        NDArray y = dx.array();
        boolean direct = y.isContiguous() && !dx.adds();
        return new Dense(y, direct ? y : NDArray.empty(y.shape(), y.dtype(), y.device()), dx.write());
    }

    /// A dense input: itself or a copy.
    static NDArray of(NDArray x) {
        return x.contiguous();
    }

    float[] data() {
        return HostStorage.floats(used);
    }

    int start() {
        return HostStorage.start(used);
    }

    /// Writes a stand-in back.
    void store(SimdPointwise kernels) {
        if (used != wanted) {
            kernels.copy(used, wanted, write);
            if (Scope.current() != null) {
                used.storage().release("the kernel that needed it for a moment");
            }
        }
    }
}
