package dev.sextant.engine.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/// A loop that was rare while its method was compiled, and is common afterwards, does not make an object of every vector.
/// (The compiler does not inline what a rare loop calls, and does not look again.)
class VectorObjectsTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PIXELS = 256;
    private static final int RARE = 50_000;
    private static final int CALLS = 200_000;
    private static final int AT_MOST = 500;
    private static final long PATIENCE = 30_000_000_000L;

    private final float[] x = new float[PIXELS * 16];
    private final float[] y = new float[PIXELS * 16];
    private final float[] channels = new float[16];

    @Test
    void batchNormWithReluAfterMuchWithout() {
        assumeTrue(VectorSupport.ON);
        for (int i = 0; i < CALLS; i++) {
            normalize(i % RARE == 0 ? PIXELS : 1, i % RARE == 0);
        }
        assertNoObjects(() -> normalize(PIXELS, true));
    }

    @Test
    void longRunsAfterManyShortOnes() {
        assumeTrue(VectorSupport.ON);
        for (int i = 0; i < CALLS; i++) {
            Loops.exp(x, 0, y, 0, i % RARE == 0 ? PIXELS : VectorSupport.LANES - 1);
        }
        assertNoObjects(() -> Loops.exp(x, 0, y, 0, x.length));
    }

    private void normalize(int pixels, boolean relu) {
        VectorNorm.normalizeAdd(x, 0, x, 0, channels, channels, channels, 0, y, 0, pixels, relu);
        VectorNorm.normalize(x, 0, channels, channels, channels, 0, y, 0, pixels, relu);
    }

    private static void assertNoObjects(Runnable call) {
        long end = System.nanoTime() + PATIENCE;
        long perCall;
        do {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                call.run();
            }
            perCall = (THREADS.getCurrentThreadAllocatedBytes() - before) / 1000;
        } while (perCall > AT_MOST && System.nanoTime() < end);
        assertTrue(perCall <= AT_MOST, "a call allocates " + perCall + " bytes");
    }
}
