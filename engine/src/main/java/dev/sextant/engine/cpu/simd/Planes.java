package dev.sextant.engine.cpu.simd;

/// Pooling of a single row-major plane.
final class Planes {
    private Planes() {
    }

    /// The commonest pooling, 2 × 2 at stride 2 on contiguous rows, without the loops over the window.
    private static void averageOfFour(Windows win, float[] x, int xo, int xRow, float[] y, int yo, int yRow) {
        for (int p = 0; p < win.rows(); p++) {
            int upper = xo + 2 * p * xRow;
            int lower = upper + xRow;
            int at = yo + p * yRow;
            if (VectorSupport.ON && 2 * win.columns() > VectorSupport.LANES && !Cold.spend(2 * win.columns())) {
                VectorPool.averageOfFour(x, upper, lower, y, at, win.columns());
                continue;
            }
            for (int q = 0; q < win.columns(); q++) {
                y[at + q] = (x[upper + 2 * q] + x[lower + 2 * q] + (x[upper + 2 * q + 1] + x[lower + 2 * q + 1]))
                        * 0.25f;
            }
        }
    }

    /// Its gradient, for a result that is set: every pixel is written once.
    static void quarters(Windows win, float[] dy, int dyo, int dyRow, float[] dx, int dxo, int dxRow) {
        for (int p = 0; p < win.rows(); p++) {
            int upper = dxo + 2 * p * dxRow;
            int lower = upper + dxRow;
            int at = dyo + p * dyRow;
            for (int q = 0; q < win.columns(); q++) {
                float g = dy[at + q] * 0.25f;
                dx[upper + 2 * q] = g;
                dx[upper + 2 * q + 1] = g;
                dx[lower + 2 * q] = g;
                dx[lower + 2 * q + 1] = g;
            }
        }
    }

    static void average(Windows win, float[] x, int xo, int xRow, int xColumn, float[] y, int yo, int yRow,
            int yColumn) {
        if (win.areQuarters() && xColumn == 1 && yColumn == 1) {
            averageOfFour(win, x, xo, xRow, y, yo, yRow);
            return;
        }
        for (int p = 0; p < win.rows(); p++) {
            for (int q = 0; q < win.columns(); q++) {
                float sum = 0;
                for (int h = win.top()[p]; h < win.bottom()[p]; h += win.stepH()) {
                    for (int w = win.left()[q]; w < win.right()[q]; w += win.stepW()) {
                        sum += x[xo + h * xRow + w * xColumn];
                    }
                }
                y[yo + p * yRow + q * yColumn] = sum / (win.divisorH()[p] * win.divisorW()[q]);
            }
        }
    }

    /// The first maximum of every window in row-major order; a NaN beats everything.
    static void winners(Windows win, float[] x, int xo, int xRow, int xColumn, int width, int[] found, int at) {
        for (int p = 0; p < win.rows(); p++) {
            for (int q = 0; q < win.columns(); q++) {
                int best = win.top()[p] * width + win.left()[q];
                float most = Float.NEGATIVE_INFINITY;
                for (int h = win.top()[p]; h < win.bottom()[p]; h += win.stepH()) {
                    for (int w = win.left()[q]; w < win.right()[q]; w += win.stepW()) {
                        float v = x[xo + h * xRow + w * xColumn];
                        if (v > most || v != v) {
                            most = v;
                            best = h * width + w;
                        }
                    }
                }
                found[at++] = best;
            }
        }
    }

    /// The values at the winners.
    static void pick(Windows win, float[] x, int xo, int xRow, int xColumn, int width, int[] found, int at, float[] y,
            int yo, int yRow, int yColumn) {
        for (int p = 0; p < win.rows(); p++) {
            for (int q = 0; q < win.columns(); q++) {
                int best = found[at++];
                y[yo + p * yRow + q * yColumn] = x[xo + best / width * xRow + best % width * xColumn];
            }
        }
    }

    /// Every gradient goes to its window's winner.
    static void scatter(Windows win, float[] dy, int dyo, int dyRow, int dyColumn, int[] found, int at, int width,
            float[] dx, int dxo, int dxRow, int dxColumn) {
        for (int p = 0; p < win.rows(); p++) {
            for (int q = 0; q < win.columns(); q++) {
                int best = found[at++];
                dx[dxo + best / width * dxRow + best % width * dxColumn] += dy[dyo + p * dyRow + q * dyColumn];
            }
        }
    }

    /// Every gradient goes to all pixels of its window in equal parts.
    static void spread(Windows win, float[] dy, int dyo, int dyRow, int dyColumn, float[] dx, int dxo, int dxRow,
            int dxColumn) {
        for (int p = 0; p < win.rows(); p++) {
            for (int q = 0; q < win.columns(); q++) {
                float g = dy[dyo + p * dyRow + q * dyColumn] / (win.divisorH()[p] * win.divisorW()[q]);
                for (int h = win.top()[p]; h < win.bottom()[p]; h += win.stepH()) {
                    for (int w = win.left()[q]; w < win.right()[q]; w += win.stepW()) {
                        dx[dxo + h * dxRow + w * dxColumn] += g;
                    }
                }
            }
        }
    }

    static void clear(float[] x, int at, int row, int column, int rows, int columns) {
        for (int h = 0; h < rows; h++) {
            for (int w = 0; w < columns; w++) {
                x[at + h * row + w * column] = 0;
            }
        }
    }
}
