package dev.sextant.kernels.gemm;

/// The rungs of the SGEMM ladder, from the formula to a fast kernel. All have one signature and one meaning; each is a
/// file of its own (rung 6 has several tile sizes in one).
public enum SgemmRung {
    /// The formula; neighbouring threads take neighbouring rows.
    K0("sgemm_k0", "sgemm_k0", 32, 8, 256),
    /// Neighbouring threads take neighbouring columns.
    K1("sgemm_k1", "sgemm_k1", 8, 32, 256),
    /// Tiles in shared memory.
    K2("sgemm_k2", "sgemm_k2", 32, 32, 1024),
    /// Eight results per thread, in a column.
    K3("sgemm_k3", "sgemm_k3", 64, 64, 512),
    /// 4×4 results per thread.
    K4("sgemm_k4", "sgemm_k4", 64, 64, 256),
    /// 8×8 results per thread, 128-bit accesses.
    K5("sgemm_k5", "sgemm_k5", 128, 128, 256),
    /// As k5, for small matrices.
    K6_32X32("sgemm_k6", "sgemm_k6_32x32", 32, 32, 64),
    /// As k5, for middling ones.
    K6_64X64("sgemm_k6", "sgemm_k6_64x64", 64, 64, 256),
    /// As k5, for tall ones.
    K6_128X32("sgemm_k6", "sgemm_k6_128x32", 128, 32, 128),
    /// As k5, for wide ones.
    K6_32X128("sgemm_k6", "sgemm_k6_32x128", 32, 128, 128),
    /// Warp tiles and double buffering.
    K7("sgemm_k7", "sgemm_k7", 128, 128, 256),
    /// As k7, on tensor cores in TF32: operands rounded to 10 bits of fraction. Only by name, and from sm_80 on.
    K8_TF32("sgemm_k8", "sgemm_k8_tf32", 128, 128, 256);

    private final String source;
    private final String kernel;
    private final int tileM;
    private final int tileN;
    private final int threads;

    SgemmRung(String source, String kernel, int tileM, int tileN, int threads) {
        this.source = source;
        this.kernel = kernel;
        this.tileM = tileM;
        this.tileN = tileN;
        this.threads = threads;
    }

    /// Whether operands keep their 23 bits of fraction, as every rung but TF32's does.
    public boolean isFloat32() {
        return this != K8_TF32;
    }

    /// Its `.cu` file, without the ending.
    public String source() {
        return source;
    }

    /// Name of the kernel.
    public String kernel() {
        return kernel;
    }

    /// Rows of C that a block computes.
    public int tileM() {
        return tileM;
    }

    /// Columns of C that a block computes.
    public int tileN() {
        return tileN;
    }

    /// Threads of a block.
    public int threads() {
        return threads;
    }

    /// Blocks that a problem needs.
    public long blocks(GemmProblem p) {
        return (long) Math.ceilDiv(p.m(), tileM) * Math.ceilDiv(p.n(), tileN) * p.batches();
    }
}
