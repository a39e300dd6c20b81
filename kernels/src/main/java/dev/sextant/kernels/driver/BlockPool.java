package dev.sextant.kernels.driver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Segments of device memory, cut into blocks by best fit. A block given back joins its free neighbours, so that many
/// small arrays leave room for a large one.
///
/// Small and large blocks never share a segment: a long-lived bias must not keep a segment of activations apart.
final class BlockPool {
    /// Every block is a multiple of this, and so every address.
    static final long GRAIN = 512;

    private static final long MIB = 1L << 20;
    private static final long MOST_SMALL = MIB;
    private static final long SMALL_SEGMENT = 2 * MIB;
    private static final long MOST_MIDDLING = 10 * MIB;
    private static final long MIDDLING_SEGMENT = 20 * MIB;
    private static final long LARGE_GRAIN = 2 * MIB;

    private final TreeSet<Block> free = new TreeSet<>(Comparator.comparing((Block b) -> b.small)
            .thenComparingLong(b -> b.bytes).thenComparingLong(b -> b.address));

    /// A stretch of a segment, and its neighbours in it.
    static final class Block {
        private final long address;
        private final boolean small;
        private long bytes;
        private Block before;
        private Block after;
        private boolean isFree;

        private Block(long address, long bytes, boolean small) {
            this.address = address;
            this.bytes = bytes;
            this.small = small;
        }

        long address() {
            return address;
        }

        long bytes() {
            return bytes;
        }

        private boolean isWholeSegment() {
            return before == null && after == null;
        }
    }

    /// How much to ask of the driver for a block of `bytes`.
    static long segmentFor(long bytes) {
        return bytes <= MOST_SMALL ? SMALL_SEGMENT
                : bytes <= MOST_MIDDLING ? MIDDLING_SEGMENT : Math.ceilDiv(bytes, LARGE_GRAIN) * LARGE_GRAIN;
    }

    /// The smallest free block that holds `bytes`, cut to size; null if there is none.
    Block take(long bytes) {
        long needed = Math.max(1, Math.ceilDiv(bytes, GRAIN)) * GRAIN;
        boolean small = needed <= MOST_SMALL;
        Block block = free.ceiling(new Block(0, needed, small));
        if (block == null || block.small != small) {
            return null;
        }
        free.remove(block);
        block.isFree = false;
        // A large block keeps a rest that only small blocks could use: those have segments of their own.
        if (block.bytes - needed >= (small ? GRAIN : MOST_SMALL)) {
            var rest = new Block(block.address + needed, block.bytes - needed, small);
            rest.before = block;
            rest.after = block.after;
            if (rest.after != null) {
                rest.after.before = rest;
            }
            block.after = rest;
            block.bytes = needed;
            put(rest);
        }
        return block;
    }

    private void put(Block block) {
        block.isFree = true;
        free.add(block);
    }

    /// Adds a segment fresh from the driver, for blocks as large as `bytes`.
    void addSegment(long address, long segment, long bytes) {
        put(new Block(address, segment, bytes <= MOST_SMALL));
    }

    /// Takes a block back and joins it with its free neighbours.
    void giveBack(Block block) {
        Block joined = block;
        if (block.before != null && block.before.isFree) {
            free.remove(block.before);
            joined = swallowNext(block.before);
        }
        if (joined.after != null && joined.after.isFree) {
            free.remove(joined.after);
            joined = swallowNext(joined);
        }
        put(joined);
    }

    private static Block swallowNext(Block block) {
        Block next = block.after;
        block.bytes += next.bytes;
        block.after = next.after;
        if (block.after != null) {
            block.after.before = block;
        }
        return block;
    }

    /// Removes the segments of which nothing is in use, to be returned to the driver.
    List<Block> removeUnusedSegments() {
        List<Block> whole = new ArrayList<>(free.stream().filter(Block::isWholeSegment).toList());
        whole.forEach(free::remove);
        return whole;
    }

    /// The largest block that [#take] could give.
    long largestFree() {
        return free.stream().mapToLong(b -> b.bytes).max().orElse(0);
    }
}
