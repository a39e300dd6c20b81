package dev.sextant.engine.trace;

import dev.sextant.engine.DType;
import dev.sextant.engine.cpu.HeapPool;

/// How much memory the arrays in the scopes of the calling thread take on the CPU.
public final class HostMemory {
    private HostMemory() {
    }

    /// Bytes handed out now.
    public static long usedBytes() {
        return HeapPool.ofThread().usedBytes();
    }

    /// The most bytes handed out at once, ever or since [#restartHighWater].
    public static long highWaterBytes() {
        return HeapPool.ofThread().highWaterBytes();
    }

    /// Forgets what was handed out before now.
    public static void restartHighWater() {
        HeapPool.ofThread().restartHighWater();
    }

    /// Bytes that an array of `size` elements takes.
    public static long bytes(DType dtype, long size) {
        return HeapPool.bytes(dtype, size);
    }
}
