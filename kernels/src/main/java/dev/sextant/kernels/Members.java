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
    // Eight blocks of 256 threads fill a multiprocessor, of which a large device has 132; with less than two members for
    // each thread, a block mostly folds; one thread adds the parts of a number up.
    private static final SumParts.Rule RULE = new SumParts.Rule(1024, 512, 32, CudaReduce.THREADS);

    static Members of(int outer, int numbers, int inner) {
        int each = Math.multiplyExact(outer, inner);
        return new Members(numbers, Math.max(1, inner), each, RULE.cut(numbers, each));
    }

    int parts() {
        return cut.parts();
    }

    /// The fields of `struct Members`.
    int[] fields() {
        return new int[] {numbers, inner, each, cut.depth()};
    }
}
