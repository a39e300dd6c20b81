package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.trace.Place;
import dev.sextant.kernels.driver.BlockPool.Block;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Set;

/// Device memory that is kept and handed out again: asking the driver waits for the device, this does not. Blocks are
/// cut from segments and joined again, see [BlockPool]. All work is queued on one stream, so a block may be given to
/// the next owner while the last one's kernels still wait: they come first.
///
/// An owner either gives its [Lease] back or is collected by the garbage collector; the next allocation then takes
/// the block back, on a thread that has the context.
public final class DeviceMemory {
    private final CudaContext context;
    private final BlockPool shared = new BlockPool();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    // Phantom references must stay reachable themselves.
    private final Set<Lease> leases = new HashSet<>();
    // What new leases are cut from; null: each is a block of the driver.
    private BlockPool pool = shared;
    private long usedBytes;
    private long mostUsedBytes;
    private long heldBytes;
    private long driverRequests;

    /// @param context where the memory lies
    public DeviceMemory(CudaContext context) {
        this.context = context;
    }

    /// A block in use. Given back once, explicitly or after its owner was collected.
    public final class Lease extends PhantomReference<Object> {
        private final BlockPool from;
        private final Block block;
        private final long address;
        private final long bytes;
        private final Place place = Place.current();
        private boolean open = true;

        private Lease(Object owner, BlockPool from, Block block, long address, long bytes) {
            super(owner, collected);
            this.from = from;
            this.block = block;
            this.address = address;
            this.bytes = bytes;
        }

        /// First byte, 256-byte aligned.
        public long address() {
            return address;
        }

        Place place() {
            return place;
        }

        long bytes() {
            return bytes;
        }

        /// Gives the block back; idempotent.
        public void giveBack() {
            synchronized (DeviceMemory.this) {
                if (open) {
                    open = false;
                    leases.remove(this);
                    usedBytes -= bytes;
                    if (from == null) {
                        returnToDriver(address, bytes);
                    } else {
                        from.giveBack(block);
                    }
                }
            }
        }
    }

    /// What the memory is doing.
    ///
    /// @param usedBytes      of arrays and workspaces that live
    /// @param mostUsedBytes  the most that ever were
    /// @param heldBytes      taken from the driver, in use or kept
    /// @param largestFree    the largest block that needs no driver
    /// @param blocks         arrays and workspaces that live
    /// @param driverRequests how often the driver was asked for memory
    public record Statistics(long usedBytes, long mostUsedBytes, long heldBytes, long largestFree, int blocks,
            long driverRequests) {
        @Override
        public String toString() {
            return ("%d bytes in %d blocks (most so far %d), %d held, largest free block %d, driver asked %d times")
                    .formatted(usedBytes, blocks, mostUsedBytes, heldBytes, largestFree, driverRequests);
        }
    }

    /// The numbers of this moment.
    public synchronized Statistics statistics() {
        return new Statistics(usedBytes, mostUsedBytes, heldBytes, shared.largestFree(), leases.size(),
                driverRequests);
    }

    /// A block of at least `bytes`, contents undefined.
    ///
    /// @param owner when it is collected without giving the block back, the block comes back by itself
    /// @throws DeviceException if the device has no room left
    public synchronized Lease allocate(long bytes, Object owner) {
        reclaim();
        Lease lease;
        if (pool == null) {
            long exact = Math.max(1, bytes);
            lease = new Lease(owner, null, null, fromDriver(exact, exact, bytes).address(), exact);
        } else {
            Block block = pool.take(bytes);
            if (block == null) {
                var segment = fromDriver(BlockPool.segmentFor(bytes), bytes, bytes);
                pool.addSegment(segment.address(), segment.bytes(), bytes);
                block = pool.take(bytes);
            }
            lease = new Lease(owner, pool, block, block.address(), block.bytes());
        }
        usedBytes += lease.bytes;
        mostUsedBytes = Math.max(mostUsedBytes, usedBytes);
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
        pool = keep ? shared : null;
    }

    /// Runs `body` with memory of its own: nothing else gets what it allocates and gives back, so that a recording of
    /// it may use the same addresses again.
    void within(BlockPool own, Runnable body) {
        BlockPool outer;
        synchronized (this) {
            outer = pool;
            pool = own;
        }
        try {
            body.run();
        } finally {
            synchronized (this) {
                pool = outer;
            }
        }
    }

    private void reclaim() {
        for (var dead = collected.poll(); dead != null; dead = collected.poll()) {
            ((Lease) dead).giveBack();
        }
    }

    private record Segment(long address, long bytes) {
    }

    // `wanted` bytes; where the device has no room for those, `enough`.
    private Segment fromDriver(long wanted, long enough, long asked) {
        var pointer = new DevicePointer();
        long bytes = wanted;
        int rc = ask(pointer, bytes);
        if (Cuda.isOutOfMemory(rc)) {
            // First what is kept, then what is garbage but not yet collected.
            release();
            rc = ask(pointer, bytes);
        }
        if (Cuda.isOutOfMemory(rc)) {
            collectGarbage();
            release();
            rc = ask(pointer, bytes);
        }
        if (Cuda.isOutOfMemory(rc) && enough < wanted) {
            bytes = Math.ceilDiv(enough, BlockPool.GRAIN) * BlockPool.GRAIN;
            rc = ask(pointer, bytes);
        }
        if (Cuda.isOutOfMemory(rc)) {
            throw outOfMemory(asked);
        }
        context.check(rc, "cuMemAlloc", "asking for " + bytes + " bytes");
        heldBytes += bytes;
        return new Segment(pointer.address(), bytes);
    }

    private int ask(DevicePointer pointer, long bytes) {
        driverRequests++;
        return cuMemAlloc(pointer, bytes);
    }

    private DeviceException outOfMemory(long asked) {
        long[] free = new long[1];
        long[] total = new long[1];
        cuMemGetInfo(free, total);
        return new DeviceException(
                "cuda: out of memory: asked for %d bytes in %s; %d bytes are in use by %d arrays and "
                        + "%d more are kept between them; the device has %d of %d bytes free. Held by %s. Use a smaller "
                        + "batch, or open a Scope per step so that temporary arrays are reused",
                asked,
                Holders.name(Place.current()), usedBytes, leases.size(), heldBytes - usedBytes, free[0], total[0],
                Holders.of(leases));
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

    /// Returns every segment of which nothing is in use to the driver.
    public synchronized void release() {
        release(shared);
    }

    synchronized void release(BlockPool from) {
        from.removeUnusedSegments().forEach(segment -> returnToDriver(segment.address(), segment.bytes()));
    }
}
