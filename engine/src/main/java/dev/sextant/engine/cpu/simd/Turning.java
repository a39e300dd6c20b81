package dev.sextant.engine.cpu.simd;

/// Between images side by side and images in the lanes of vectors.
final class Turning {
    private static final int LANES = VectorSupport.LANES;
    /// Columns from which on vectors are worth it.
    private static final int FEW = 4;

    private Turning() {
    }

    /// `to[at + q·LANES + lane] = x[image n0 + lane, …, q]` for `count` images and `columns` columns.
    static void forth(Strides x, int from, int n0, int count, int columns, float[] to, int at) {
        int column = x.step()[3];
        if (column == 1 && columns >= FEW) {
            turn(count, columns, x.data(), from + n0 * x.step()[0], x.step()[0], to, at, LANES, false);
            return;
        }
        for (int lane = 0; lane < count; lane++) {
            int source = from + (n0 + lane) * x.step()[0];
            int target = at + lane;
            for (int q = 0; q < columns; q++) {
                to[target] = x.data()[source];
                target += LANES;
                source += column;
            }
        }
    }

    /// `y[image n0 + lane, …, q] (+)= from[at + q·LANES + lane]`.
    static void back(float[] from, int at, int columns, Strides y, int n0, int count, int place, boolean adds) {
        int column = y.step()[3];
        if (column == 1 && columns >= FEW) {
            turn(columns, count, from, at, LANES, y.data(), place + n0 * y.step()[0], y.step()[0], adds);
            return;
        }
        for (int lane = 0; lane < count; lane++) {
            int target = place + (n0 + lane) * y.step()[0];
            int source = at + lane;
            for (int q = 0; q < columns; q++) {
                float v = from[source + q * LANES];
                y.data()[target + q * column] = adds ? y.data()[target + q * column] + v : v;
            }
        }
    }

    /// `y[j·yStep + i] (+)= x[i·xStep + j]` for `i < rows` and `j < columns`, square by square.
    static void turn(int rows, int columns, float[] x, int xo, int xStep, float[] y, int yo, int yStep, boolean add) {
        float[] between = Scratch.ofThread().floats(Scratch.SQUARE, LANES * LANES);
        for (int j = 0; j < columns; j += LANES) {
            for (int i = 0; i < rows; i += LANES) {
                VectorTurning.run(Math.min(LANES, rows - i), Math.min(LANES, columns - j), x, xo + i * xStep + j, xStep,
                        between, y, yo + j * yStep + i, yStep, add);
            }
        }
    }

    /// The sum of a vector's lanes, halves first.
    static float fold(float[] v, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                v[at + i] += v[at + i + half];
            }
        }
        return v[at];
    }
}
