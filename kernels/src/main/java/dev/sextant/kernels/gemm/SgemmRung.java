package dev.sextant.kernels.gemm;

/// The rungs of the SGEMM ladder: each a file of its own with the same signature, from the formula to a fast kernel.
public enum SgemmRung {
    /// Two-dimensional register tiles: 64×64 of C per block, 4×4 per thread.
    K4("sgemm_k4", 64, 64, 256);

    private final String kernel;
    private final int tileM;
    private final int tileN;
    private final int threads;

    SgemmRung(String kernel, int tileM, int tileN, int threads) {
        this.kernel = kernel;
        this.tileM = tileM;
        this.tileN = tileN;
        this.threads = threads;
    }

    /// Name of the kernel and of its `.cu` file.
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
}
