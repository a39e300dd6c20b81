package dev.sextant.engine.cpu;

import dev.sextant.engine.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The memory behind scopes: one pool per thread, so it needs no locks. Floats are cut from large slabs by best fit
/// and merged with their neighbours when they come back; a training loop that repeats its sequence of sizes gets the
/// same places again and takes nothing new from the heap. The few doubles and ints are kept by exact size.
///
/// Slabs are large arrays: G1 places them at a region's start and never moves them, so element [#LEAD] modulo 16 lies
/// on a 64-byte boundary and vectors do not straddle cache lines.
public final class HeapPool {
    private static final ThreadLocal<HeapPool> OF_THREAD = ThreadLocal.withInitial(HeapPool::new);

    /// Elements before the first 64-byte boundary, behind the 16-byte array header.
    static final int LEAD = 12;
    private static final int GRAIN = 16;
    private static final int SMALLEST_SLAB = 1 << 20;
    private static final int LARGEST_GROWTH = 1 << 25;

    private final List<Slab> slabs = new ArrayList<>();
    private final Map<Long, ArrayDeque<Object>> exact = new HashMap<>();
    private long used;
    private long highWater;

    private HeapPool() {
    }

    /// The calling thread's pool.
    public static HeapPool ofThread() {
        return OF_THREAD.get();
    }

    /// Bytes handed out now.
    public long usedBytes() {
        return used;
    }

    /// The most bytes handed out at once, ever or since [#restartHighWater].
    public long highWaterBytes() {
        return highWater;
    }

    /// Forgets what was handed out before now.
    public void restartHighWater() {
        highWater = used;
    }

    /// Bytes held in slabs.
    public long heldBytes() {
        return slabs.stream().mapToLong(s -> s.data.length).sum() * Float.BYTES;
    }

    HostStorage allocate(DType dtype, int size) {
        if (dtype != DType.FLOAT32) {
            var kept = exact.get(key(dtype, size));
            Object array = kept == null ? null : kept.poll();
            count(bytes(dtype, size));
            return new HostStorage(dtype, size, array != null ? array : CpuBackend.newArray(dtype, size), 0, this);
        }
        int need = (int) rounded(size);
        Slab best = null;
        int bestRange = -1;
        for (Slab slab : slabs) {
            int range = slab.bestFit(need);
            if (range >= 0 && (best == null || slab.length[range] < best.length[bestRange])) {
                best = slab;
                bestRange = range;
            }
        }
        if (best == null) {
            long held = slabs.stream().mapToLong(s -> s.data.length).sum();
            best = new Slab(Math.max(need, Math.clamp(held / 2, SMALLEST_SLAB, LARGEST_GROWTH)) + LEAD + GRAIN);
            slabs.add(best);
            bestRange = 0;
        }
        count(bytes(dtype, size));
        return new HostStorage(dtype, size, best.data, best.take(bestRange, need), this);
    }

    private void count(long bytes) {
        used += bytes;
        highWater = Math.max(highWater, used);
    }

    void free(HostStorage storage) {
        int size = (int) storage.size();
        count(-bytes(storage.dtype(), size));
        if (storage.dtype() != DType.FLOAT32) {
            exact.computeIfAbsent(key(storage.dtype(), size), k -> new ArrayDeque<>()).push(storage.array());
            return;
        }
        for (Slab slab : slabs) {
            if (slab.data == storage.array()) {
                slab.give(storage.base(), (int) rounded(size));
                return;
            }
        }
    }

    /// Memory that an array of so many elements takes from the pool.
    public static long bytes(DType dtype, long size) {
        return dtype == DType.FLOAT32 ? Float.BYTES * rounded(size) : dtype.bytes() * size;
    }

    private static long rounded(long size) {
        return Math.max(GRAIN, Math.ceilDiv(size, GRAIN) * GRAIN);
    }

    private static long key(DType dtype, int size) {
        return (long) dtype.ordinal() << 32 | size;
    }

    /// One large array and its free ranges, sorted by start.
    private static final class Slab {
        final float[] data;
        int[] start = new int[16];
        int[] length = new int[16];
        int ranges = 1;

        Slab(int size) {
            data = new float[size];
            start[0] = LEAD;
            length[0] = (size - LEAD) / GRAIN * GRAIN;
        }

        int bestFit(int need) {
            int best = -1;
            for (int i = 0; i < ranges; i++) {
                if (length[i] >= need && (best < 0 || length[i] < length[best])) {
                    best = i;
                }
            }
            return best;
        }

        int take(int range, int need) {
            int at = start[range];
            start[range] += need;
            length[range] -= need;
            if (length[range] == 0) {
                remove(range);
            }
            return at;
        }

        void give(int at, int size) {
            int i = 0;
            while (i < ranges && start[i] < at) {
                i++;
            }
            boolean joinsLeft = i > 0 && start[i - 1] + length[i - 1] == at;
            boolean joinsRight = i < ranges && at + size == start[i];
            if (joinsLeft) {
                length[i - 1] += size + (joinsRight ? length[i] : 0);
                if (joinsRight) {
                    remove(i);
                }
            } else if (joinsRight) {
                start[i] = at;
                length[i] += size;
            } else {
                insert(i, at, size);
            }
        }

        private void insert(int i, int at, int size) {
            if (ranges == start.length) {
                start = Arrays.copyOf(start, 2 * ranges);
                length = Arrays.copyOf(length, 2 * ranges);
            }
            System.arraycopy(start, i, start, i + 1, ranges - i);
            System.arraycopy(length, i, length, i + 1, ranges - i);
            start[i] = at;
            length[i] = size;
            ranges++;
        }

        private void remove(int i) {
            ranges--;
            System.arraycopy(start, i + 1, start, i, ranges - i);
            System.arraycopy(length, i + 1, length, i, ranges - i);
        }
    }
}
