package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import dev.sextant.engine.error.DeviceException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Device memory that is kept and handed out again: asking the driver waits for the device, this does not. Blocks are
/// rounded up so that sizes repeat. All work is queued on one stream, so a block may be given to the next owner while
/// the last one's kernels still wait: they come first.
///
/// An owner either gives its [Lease] back or is collected by the garbage collector; the next allocation then takes
/// the block back, on a thread that has the context.
public final class DeviceMemory {
    private static final long SMALL_GRAIN = 512;
    private static final long LARGE_GRAIN = 2L << 20;
    private static final long LARGE = 1L << 20;

    private final CudaContext context;
    private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    // Phantom references must stay reachable themselves.
    private final Set<Lease> leases = new HashSet<>();
    private boolean caching = true;
    private long usedBytes;
    private long heldBytes;

    /// @param context where the memory lies
    public DeviceMemory(CudaContext context) {
        this.context = context;
    }

    /// A block in use. Given back once, explicitly or after its owner was collected.
    public final class Lease extends PhantomReference<Object> {
        private final long address;
        private final long bytes;
        private boolean open = true;

        private Lease(Object owner, long address, long bytes) {
            super(owner, collected);
            this.address = address;
            this.bytes = bytes;
        }

        /// First byte, 256-byte aligned.
        public long address() {
            return address;
        }

        /// Gives the block back; idempotent.
        public void giveBack() {
            synchronized (DeviceMemory.this) {
                if (open) {
                    open = false;
                    leases.remove(this);
                    usedBytes -= bytes;
                    if (!caching) {
                        returnToDriver(address, bytes);
                        return;
                    }
                    free.computeIfAbsent(bytes, b -> new ArrayDeque<>()).push(address);
                }
            }
        }
    }

    /// A block of at least `bytes`, contents undefined.
    ///
    /// @param owner when it is collected without giving the block back, the block comes back by itself
    /// @throws DeviceException if the device has no room left
    public synchronized Lease allocate(long bytes, Object owner) {
        reclaim();
        long size = caching ? rounded(bytes) : Math.max(1, bytes);
        var kept = free.get(size);
        Long address = kept == null ? null : kept.poll();
        if (address == null) {
            address = fromDriver(size);
        }
        usedBytes += size;
        var lease = new Lease(owner, address, size);
        leases.add(lease);
        return lease;
    }

    /// Memory for the length of one operation; close it when the operation is queued.
    public Workspace workspace(long bytes) {
        return new Workspace(this, bytes);
    }

    /// Whether blocks are kept. Without, each array is a block of the driver of exactly its size: slow, but then tools
    /// that watch memory accesses (compute-sanitizer, the simulator's tracer) see every step over its end.
    public synchronized void cache(boolean keep) {
        release();
        caching = keep;
    }

    /// Bytes in use now.
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /// Bytes taken from the driver, in use or kept.
    public synchronized long heldBytes() {
        return heldBytes;
    }

    private void reclaim() {
        for (var dead = collected.poll(); dead != null; dead = collected.poll()) {
            ((Lease) dead).giveBack();
        }
    }

    private static long rounded(long bytes) {
        long grain = bytes <= LARGE ? SMALL_GRAIN : LARGE_GRAIN;
        return Math.max(1, Math.ceilDiv(bytes, grain)) * grain;
    }

    private long fromDriver(long size) {
        var pointer = new DevicePointer();
        int rc = cuMemAlloc(pointer, size);
        if (Cuda.isOutOfMemory(rc)) {
            // First what is kept, then what is garbage but not yet collected.
            release();
            rc = cuMemAlloc(pointer, size);
        }
        if (Cuda.isOutOfMemory(rc)) {
            collectGarbage();
            release();
            rc = cuMemAlloc(pointer, size);
        }
        if (Cuda.isOutOfMemory(rc)) {
            throw new DeviceException("cuda: out of memory: asked for %d bytes; %d bytes are in use by %d arrays, most "
                    + "of them in %s. Use a smaller batch, or open a Scope per step so that temporary arrays are "
                    + "reused", size, usedBytes, leases.size(), largestUses());
        }
        context.check(rc, "cuMemAlloc", "asking for " + size + " bytes");
        heldBytes += size;
        return pointer.address();
    }

    /// The three sizes that take most of the memory in use, for example `64 blocks of 4194304 bytes`.
    private String largestUses() {
        var bySize = new HashMap<Long, Integer>();
        leases.forEach(lease -> bySize.merge(lease.bytes, 1, Integer::sum));
        return bySize.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getKey() * b.getValue(), a.getKey() * a.getValue())).limit(3)
                .map(e -> e.getValue() + " blocks of " + e.getKey() + " bytes").reduce((a, b) -> a + ", " + b)
                .orElse("none");
    }

    private void collectGarbage() {
        System.gc();
        try {
            for (var dead = collected.remove(200); dead != null; dead = collected.remove(20)) {
                ((Lease) dead).giveBack();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void returnToDriver(long address, long bytes) {
        context.attach();
        context.check(cuMemFree(DevicePointer.to(address)), "cuMemFree", "returning memory");
        heldBytes -= bytes;
    }

    /// Returns every kept block to the driver.
    public synchronized void release() {
        for (var sizeClass : free.entrySet()) {
            for (long address : sizeClass.getValue()) {
                returnToDriver(address, sizeClass.getKey());
            }
        }
        free.clear();
    }
}
