package dev.sextant.kernels.driver;

/// Device memory for the length of one operation.
public final class Workspace implements AutoCloseable {
    private final DeviceMemory.Lease lease;

    Workspace(DeviceMemory memory, long bytes) {
        lease = memory.allocate(bytes, this);
    }

    /// First byte, 256-byte aligned.
    public long address() {
        return lease.address();
    }

    @Override
    public void close() {
        lease.giveBack();
    }
}
