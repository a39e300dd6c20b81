package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.spi.Storage;
import dev.sextant.kernels.driver.DeviceMemory;

/// Device memory behind an array. Freed at the end of its scope, or after it was garbage-collected.
final class CudaStorage extends Storage {
    private final DeviceMemory.Lease lease;

    CudaStorage(DType dtype, long elements, DeviceMemory memory) {
        super(dtype, elements);
        lease = memory.allocate(elements * dtype.bytes(), this);
    }

    /// Device address of the first logical element of `x`.
    static long address(NDArray x) {
        if (x.storage() instanceof CudaStorage s && x.layout() instanceof Strided layout) {
            return s.lease.address() + (long) layout.offset() * x.dtype().bytes();
        }
        throw new DeviceException("%s is not in device memory; move it with x.to(device)", x);
    }

    @Override
    protected void free() {
        lease.giveBack();
    }
}
