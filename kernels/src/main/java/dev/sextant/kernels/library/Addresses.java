package dev.sextant.kernels.library;

import jcuda.Pointer;

/// Addresses as JCuda wants them.
final class Addresses {
    private Addresses() {
    }

    /// A pointer to any address of the host or the device; 0 is null.
    static Pointer pointer(long address) {
        return new Pointer().withByteOffset(address);
    }
}
