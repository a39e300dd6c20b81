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
    // What was uploaded, while the device still holds the same: labels are checked without asking the device.
    private int[] ints;

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

    /// Notes that a whole array was uploaded.
    static void uploaded(NDArray x, Object host) {
        var storage = (CudaStorage) x.storage();
        storage.ints = host instanceof int[] values && values.length == storage.size() ? values.clone() : null;
    }

    /// Notes that a kernel writes into an array.
    static void changed(NDArray x) {
        ((CudaStorage) x.storage()).ints = null;
    }

    /// The elements of an int32 array in logical order: those that were uploaded, or else asked of the device.
    static int[] ints(NDArray x) {
        int[] known = ((CudaStorage) x.storage()).ints;
        if (known == null || !(x.layout() instanceof Strided layout)) {
            return x.toInts();
        }
        int[] values = new int[Math.toIntExact(x.size())];
        for (int i = 0; i < values.length; i++) {
            int at = layout.offset();
            int rest = i;
            for (int axis = x.rank() - 1; axis >= 0; axis--) {
                at += rest % x.dim(axis) * layout.strides()[axis];
                rest /= x.dim(axis);
            }
            values[i] = known[at];
        }
        return values;
    }

    @Override
    protected void free() {
        lease.giveBack();
    }
}
