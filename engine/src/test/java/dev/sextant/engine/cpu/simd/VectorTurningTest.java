package dev.sextant.engine.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/// Rows and columns change places, whatever their number, and nothing beside them is touched.
class VectorTurningTest {
    private static final int LANES = VectorSupport.LANES;
    private static final int X_STEP = LANES + 5;
    private static final int Y_STEP = LANES + 3;
    private static final int START = 7;

    @Test
    void everySize() {
        assumeTrue(VectorSupport.ON, "no vectors on this machine");
        float[] x = new float[START + LANES * X_STEP];
        for (int i = 0; i < x.length; i++) {
            x[i] = i + 1;
        }
        for (int rows = 1; rows <= LANES; rows++) {
            for (int columns = 1; columns <= LANES; columns++) {
                check(rows, columns, x, false);
                check(rows, columns, x, true);
            }
        }
    }

    private static void check(int rows, int columns, float[] x, boolean add) {
        float[] expected = new float[START + LANES * Y_STEP];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = -2 * i;
        }
        float[] actual = expected.clone();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int at = START + j * Y_STEP + i;
                expected[at] = x[START + i * X_STEP + j] + (add ? expected[at] : 0);
            }
        }
        Turning.turn(rows, columns, x, START, X_STEP, actual, START, Y_STEP, add);
        assertArrayEquals(expected, actual, rows + " rows, " + columns + " columns, " + (add ? "added" : "set"));
    }
}
