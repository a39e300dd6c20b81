package dev.sextant.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rung for a shape is the largest that gives a device enough blocks and computes little padding; never TF32.
class SgemmChoiceTest {

    private static GemmProblem problem(int batches, int m, int n) {
        return problem(batches, m, n, 64);
    }

    private static GemmProblem problem(int batches, int m, int n, int k) {
        return new GemmProblem(m, n, k, new int[] {batches}, new int[] {k, 1, m * k}, new int[] {n, 1, k * n},
                new int[] {n, 1, m * n}, false);
    }

    @ParameterizedTest
    @CsvSource({"1, 48, 48, K6_32X32", "1, 48, 4000, K6_32X128", "1, 4000, 48, K6_128X32", "1, 2048, 2048, K7",
        "1, 1024, 1024, K6_64X64", "1, 300, 300, K6_32X32",
        // 64 columns are half a tile of 128; a batch of many makes up for few blocks each.
        "300, 64, 64, K6_64X64", "300, 128, 128, K7", "300, 49, 130, K6_32X32"})
    void isTheLargestTileThatFits(int batches, int m, int n, SgemmRung rung) {
        assertEquals(rung, SgemmChoice.of(problem(batches, m, n)));
    }

    /// Where tiles are few and sums long, the sums are cut: never into parts of fewer than 256 steps.
    @ParameterizedTest
    @CsvSource({"1, 32, 4096, 9216, K6_32X128, 12, 768", "1, 32, 10, 4096, K6_32X32, 16, 256",
        "1, 1024, 1024, 1024, K7, 4, 256", "1, 2048, 2048, 2048, K7, 1, 2048", "1, 32, 10, 500, K6_32X32, 1, 512"})
    void longSumsAreCut(int batches, int m, int n, int k, SgemmRung rung, int parts, int depth) {
        GemmProblem p = problem(batches, m, n, k);
        assertEquals(rung, SgemmChoice.of(p));
        assertEquals(new SumParts(parts, depth), SgemmChoice.parts(rung, p));
    }

    @Test
    void isNeverTf32() {
        for (int m = 1; m < 5000; m += 1 + m / 3) {
            for (int n = 1; n < 5000; n += 1 + n / 3) {
                for (int batches : new int[] {1, 16, 1000}) {
                    assertTrue(SgemmChoice.of(problem(batches, m, n)).isFloat32());
                }
            }
        }
    }
}
