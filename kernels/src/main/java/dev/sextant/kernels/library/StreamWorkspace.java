package dev.sextant.kernels.library;

import dev.sextant.kernels.driver.DeviceMemory;
import java.util.ArrayList;
import java.util.List;

/// The memory in which library calls of one stream compute, one after the other. A block that became too small is
/// kept: a recorded step computes in it again whenever it is replayed. Sizes are powers of two, so all blocks together
/// are at most four times the largest request.
final class StreamWorkspace {
    private final DeviceMemory memory;
    private final List<DeviceMemory.Lease> blocks = new ArrayList<>();
    private long bytes;

    StreamWorkspace(DeviceMemory memory) {
        this.memory = memory;
    }

    /// Address of at least `wanted` bytes, aligned to 256; 0 for none.
    synchronized long atLeast(long wanted) {
        if (wanted > bytes) {
            long enough = Math.max(256, Long.highestOneBit(wanted - 1) << 1);
            blocks.add(memory.allocate(enough, this));
            bytes = enough;
        }
        return wanted == 0 ? 0 : blocks.getLast().address();
    }
}
