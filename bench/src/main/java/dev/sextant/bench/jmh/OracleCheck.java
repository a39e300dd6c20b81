package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.SextantException;

/// The comparison that a kernel must pass before it gets a number.
public final class OracleCheck {
    /// Relative to the largest expected value: rounding of long float32 sums, and Winograd's bound.
    private static final double TOLERANCE = 1e-4;

    private OracleCheck() {
    }

    /// @throws SextantException if they differ, naming the worst element
    public static void assertClose(String what, NDArray expected, NDArray actual) {
        assertClose(what, expected.toFloats(), actual.toFloats());
    }

    /// As above, for one number.
    public static void assertClose(String what, double expected, double actual) {
        assertClose(what, new float[] {(float) expected}, new float[] {(float) actual});
    }

    /// As above, for values in memory.
    static void assertClose(String what, float[] want, float[] got) {
        if (want.length != got.length) {
            throw new SextantException("bench: %s: the oracle gives %d values, the kernel %d", what, want.length,
                    got.length);
        }
        double largest = 1e-30;
        double worst = 0;
        int at = 0;
        for (int i = 0; i < want.length; i++) {
            largest = Math.max(largest, Math.abs(want[i]));
            double difference = Math.abs((double) want[i] - got[i]);
            if (Double.isNaN(difference)) {
                throw new SextantException("bench: %s differs from the oracle: element %d is %s instead of %s", what, i,
                        got[i], want[i]);
            }
            if (difference > worst) {
                worst = difference;
                at = i;
            }
        }
        if (worst > TOLERANCE * largest) {
            throw new SextantException("bench: %s differs from the oracle: element %d is %s instead of %s, and the "
                    + "largest is %s (allowed: %s of that); a wrong kernel gets no number", what, at, got[at], want[at],
                    largest, TOLERANCE);
        }
    }
}
