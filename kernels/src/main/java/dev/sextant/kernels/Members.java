package dev.sextant.kernels;

import dev.sextant.kernels.gemm.SumParts;

/// The members of each number of a dense array `[outer, numbers, inner]`, over which `members.cuh` sums, and the parts
/// that blocks of their own sum: six channels of a large batch would keep six multiprocessors busy and the rest waiting.
/// A function of the shape alone, so that the same shape always gives the same bits.
///
/// @param numbers sums
/// @param inner   neighbouring elements of the same number
/// @param each    members of a number
/// @param cut     into which parts they are cut
record Members(int numbers, int inner, int each, SumParts cut) {
    // Eight blocks of 256 threads fill a multiprocessor; a large device has 132 of them.
    private static final int WANTED_BLOCKS = 1024;
    // With less than two members for each thread, a block mostly folds.
    private static final int LEAST_DEPTH = 512;
    // One thread adds the parts of a number up.
    private static final int MOST = 32;

    static Members of(int outer, int numbers, int inner) {
        int each = Math.multiplyExact(outer, inner);
        int parts = Math.clamp(Math.min(WANTED_BLOCKS / Math.max(1, numbers), each / LEAST_DEPTH), 1, MOST);
        int depth = Math.max(1, Math.ceilDiv(Math.ceilDiv(each, parts), CudaReduce.THREADS)) * CudaReduce.THREADS;
        return new Members(numbers, Math.max(1, inner), each,
                new SumParts(Math.max(1, Math.ceilDiv(each, depth)), depth));
    }

    int parts() {
        return cut.parts();
    }

    /// The fields of `struct Members`.
    int[] fields() {
        return new int[] {numbers, inner, each, cut.depth()};
    }
}
