package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What is measured after it is warm.
class WarmUpTest {
    @Test
    void goesOnWhileStepsGetFaster() {
        int[] ran = {0};
        // Each ten take two thirds of the ten before, from 100 ms on: after 20 of them a second is over.
        int steps = WarmUp.run(() -> pause(100 * Math.pow(2 / 3.0, Math.min(5, ran[0]++ / 10))));
        assertTrue(steps > 50, steps + " steps, of which the first 50 get faster");
    }

    @Test
    void aSecondAtLeast() {
        long start = System.nanoTime();
        WarmUp.run(() -> pause(5));
        assertTrue(System.nanoTime() - start >= 1_000_000_000L);
    }

    private static void pause(double milliseconds) {
        LockSupport.parkNanos((long) (milliseconds * TimeUnit.MILLISECONDS.toNanos(1)));
    }
}
