package dev.sextant.kernels.gemm;

/// Which rung computes a problem. A function of the shape alone, so that the same problem always gives the same bits;
/// every rung of float32 adds in the order of k, so they all give the same bits anyway. TF32 is taken only by name.
///
/// The largest tile wins that wastes little on padding and still gives every multiprocessor of a usual device a few
/// blocks. **Modelled, not measured**: no GPU has run these kernels.
public final class SgemmChoice {
    // Two blocks for each of some hundred multiprocessors.
    private static final int ENOUGH_BLOCKS = 200;
    private static final int THIN = 48;

    private SgemmChoice() {
    }

    /// The rung for a problem.
    public static SgemmRung of(GemmProblem p) {
        if (p.m() <= THIN && p.n() <= THIN) {
            return SgemmRung.K6_32X32;
        }
        if (p.m() <= THIN) {
            return SgemmRung.K6_32X128;
        }
        if (p.n() <= THIN) {
            return SgemmRung.K6_128X32;
        }
        if (SgemmRung.K7.blocks(p) >= ENOUGH_BLOCKS) {
            return SgemmRung.K7;
        }
        return SgemmRung.K6_64X64.blocks(p) >= ENOUGH_BLOCKS ? SgemmRung.K6_64X64 : SgemmRung.K6_32X32;
    }
}
