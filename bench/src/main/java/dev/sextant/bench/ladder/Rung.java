package dev.sextant.bench.ladder;

import dev.sextant.engine.error.SextantException;
import java.util.Arrays;
import java.util.function.Supplier;

/// What one way to compute achieves, checked against float64 and then timed.
///
/// @param gigaflops billions of operations per second as the operation is defined, a multiply-add counting two: the
///                  median of the calls timed
/// @param error     largest difference from float64, as a share of the largest result
record Rung(double gigaflops, double error) {
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MEASURE_NANOS = 2_000_000_000L;
    private static final int FEWEST_CALLS = 5;
    /// Beyond this it is another computation, not rounding: a wrong kernel gets no number.
    private static final double RIGHT = 1e-4;

    /// @param what   named in the error
    /// @param flops  operations of one call
    /// @param result reads what the last call computed
    static Rung measure(String what, double flops, Runnable call, Supplier<float[]> result,
            double[] exact) {
        call.run();
        double error = error(result.get(), exact);
        if (!(error <= RIGHT)) {
            throw new SextantException(
                    "bench ladder: %s is off by %s of the largest result, and rounding explains %s at "
                            + "most; a wrong kernel gets no number",
                    what, error, RIGHT);
        }
        long start = System.nanoTime();
        for (int i = 0; i < FEWEST_CALLS || System.nanoTime() - start < WARM_UP_NANOS; i++) {
            call.run();
        }
        double[] seconds = new double[1 << 16];
        int calls = 0;
        for (start = System.nanoTime(); calls < FEWEST_CALLS
                || calls < seconds.length && System.nanoTime() - start < MEASURE_NANOS; calls++) {
            long before = System.nanoTime();
            call.run();
            seconds[calls] = (System.nanoTime() - before) / 1e9;
        }
        Arrays.sort(seconds, 0, calls);
        return new Rung(flops / seconds[calls / 2] / 1e9, error);
    }

    private static double error(float[] got, double[] exact) {
        double largest = 1e-30;
        double worst = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i]));
            double difference = Math.abs(got[i] - exact[i]);
            worst = difference > worst || Double.isNaN(difference) ? difference : worst;
        }
        return worst / largest;
    }
}
