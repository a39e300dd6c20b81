package dev.sextant.kernels.gemm;

import java.util.stream.Stream;

/// Which rung computes a problem, and in how many parts. A function of the shape alone, so that the same problem always
/// gives the same bits. TF32 is taken only by name.
///
/// The largest tile wins that wastes little on padding and still gives every multiprocessor of a large device a block,
/// when sums may be cut into parts.
public final class SgemmChoice {
    // About a block for each multiprocessor of a large device: with fewer, smaller tiles, the same work takes longer.
    private static final int ENOUGH_BLOCKS = 96;
    private static final int THIN = 48;
    // What the tiles compute, against what is asked.
    private static final double MOST_PADDING = 1.5;

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
        return Stream.of(SgemmRung.K7, SgemmRung.K6_64X64).filter(rung -> suits(rung, p)).findFirst()
                .orElse(SgemmRung.K6_32X32);
    }

    /// The parts in which a rung computes a problem's sums; one where the result is a view that is not dense.
    public static SumParts parts(SgemmRung rung, GemmProblem p) {
        return p.hasDenseResult() ? SumParts.of(rung.blocks(p), p.k()) : SumParts.WHOLE;
    }

    private static boolean suits(SgemmRung rung, GemmProblem p) {
        double computed = (double) rung.blocks(p) * rung.tileM() * rung.tileN();
        return rung.blocks(p) * parts(rung, p).parts() >= ENOUGH_BLOCKS
                && computed <= MOST_PADDING * p.m() * p.n() * p.batches();
    }
}
