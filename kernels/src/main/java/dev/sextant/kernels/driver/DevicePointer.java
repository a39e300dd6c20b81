package dev.sextant.kernels.driver;

import jcuda.driver.CUdeviceptr;

/// A device address that can be read back as a number, so that addresses can be computed with.
final class DevicePointer extends CUdeviceptr {

    long address() {
        return getNativePointer() + getByteOffset();
    }

    /// A pointer to any device address.
    static CUdeviceptr to(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }
}
