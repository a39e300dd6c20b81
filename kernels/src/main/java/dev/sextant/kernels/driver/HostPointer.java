package dev.sextant.kernels.driver;

import jcuda.Pointer;

/// An address of native host memory. Java heap arrays are never given to the driver: it copies asynchronously, and
/// the collector moves arrays.
final class HostPointer extends Pointer {

    long address() {
        return getNativePointer() + getByteOffset();
    }

    /// A pointer to any host address.
    static Pointer to(long address) {
        return new Pointer().withByteOffset(address);
    }
}
