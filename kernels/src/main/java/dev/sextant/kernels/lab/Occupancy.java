package dev.sextant.kernels.lab;

/// How many blocks of a kernel fit on a multiprocessor at once: a bound that follows from registers, shared memory and
/// threads alone. Limits and granularities from the CUDA C++ Programming Guide's table of compute capabilities.
///
/// @param registers    of one multiprocessor
/// @param sharedBytes  of one multiprocessor
public record Occupancy(String architecture, int registers, int sharedBytes, int threads, int blocks) {
    private static final int WARP = 32;
    // Registers are given to warps in units of 256, that is 8 per thread.
    private static final int REGISTER_UNIT = 8;
    // Shared memory comes in units of 1 KiB on 8.x and later, after the driver's own 1 KiB per block.
    private static final int SHARED_UNIT = 1024;

    /// Turing, Ampere (data centre, then consumer), Ada, Hopper, Blackwell (data centre, then consumer).
    public static java.util.List<Occupancy> devices() {
        return java.util.List.of(new Occupancy("sm_75", 65_536, 64 << 10, 1024, 16),
                new Occupancy("sm_80", 65_536, 164 << 10, 2048, 32),
                new Occupancy("sm_86", 65_536, 100 << 10, 1536, 16),
                new Occupancy("sm_89", 65_536, 100 << 10, 1536, 24),
                new Occupancy("sm_90", 65_536, 228 << 10, 2048, 32),
                new Occupancy("sm_100", 65_536, 228 << 10, 2048, 32),
                new Occupancy("sm_120", 65_536, 100 << 10, 1536, 24));
    }

    /// The A100's, which the tables take.
    public static Occupancy a100() {
        return devices().get(1);
    }

    /// Blocks that fit.
    public int blocksOf(int threadsPerBlock, int registersPerThread, int sharedPerBlock) {
        int warps = Math.ceilDiv(threadsPerBlock, WARP);
        int perWarp = Math.ceilDiv(registersPerThread, REGISTER_UNIT) * REGISTER_UNIT * WARP;
        int byRegisters = registers / perWarp / warps;
        int shared = sharedPerBlock == 0 ? 0
                : Math.ceilDiv(sharedPerBlock, SHARED_UNIT) * SHARED_UNIT
                        + (architecture.equals("sm_75") ? 0 : SHARED_UNIT);
        int byShared = shared == 0 ? blocks : sharedBytes / shared;
        return Math.min(Math.min(byRegisters, byShared), Math.min(threads / (warps * WARP), blocks));
    }

    /// The share of the multiprocessor's threads that can be resident, 0 to 1.
    public double share(int threadsPerBlock, int registersPerThread, int sharedPerBlock) {
        return (double) blocksOf(threadsPerBlock, registersPerThread, sharedPerBlock)
                * Math.ceilDiv(threadsPerBlock, WARP) * WARP / threads;
    }
}
