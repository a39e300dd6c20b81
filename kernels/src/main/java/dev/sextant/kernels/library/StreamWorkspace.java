package dev.sextant.kernels.library;

import dev.sextant.kernels.driver.DeviceMemory;

/// The memory in which library calls of one stream compute, one after the other. It grows to the largest request and
/// stays. A block that became too small goes back at once: calls that still use it are queued before anything that the
/// next owner queues.
final class StreamWorkspace {
    private final DeviceMemory memory;
    private DeviceMemory.Lease lease;
    private long bytes;

    StreamWorkspace(DeviceMemory memory) {
        this.memory = memory;
    }

    /// Address of at least `wanted` bytes, aligned to 256; 0 for none.
    synchronized long atLeast(long wanted) {
        if (wanted > bytes) {
            if (lease != null) {
                lease.giveBack();
                lease = null;
                bytes = 0;
            }
            lease = memory.allocate(wanted, this);
            bytes = wanted;
        }
        return wanted == 0 ? 0 : lease.address();
    }
}
