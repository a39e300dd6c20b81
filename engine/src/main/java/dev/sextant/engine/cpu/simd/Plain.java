package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// A row-major stand-in for a blocked result, for kernels that write row-major arrays only. [#store] writes it back.
final class Plain {
    private final NDArray wanted;
    private final NDArray used;
    private final Write write;

    private Plain(NDArray wanted, Write write) {
        this.wanted = wanted;
        this.used = wanted.isBlocked() ? NDArray.empty(wanted.shape(), wanted.dtype(), wanted.device()) : wanted;
        this.write = write;
    }

    static Plain of(NDArray y) {
        return new Plain(y, Write.SET);
    }

    static Plain of(Target dx) {
        return new Plain(dx.array(), dx.write());
    }

    /// What the kernel writes to.
    NDArray array() {
        return used;
    }

    /// The same as a target: a stand-in is set, and added when it is stored.
    Target target() {
        return new Target(used, used == wanted ? write : Write.SET);
    }

    void store(SimdPointwise kernels) {
        if (used != wanted) {
            kernels.copy(used, wanted, write);
            if (Scope.current() != null) {
                used.storage().release("the kernel that needed it for a moment");
            }
        }
    }
}
