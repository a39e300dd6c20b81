package dev.sextant.engine.cpu.simd;

/// Pooling of a single row-major plane.
final class Planes {
    private Planes() {
    }

    static void average(Windows win, float[] x, int xo, int xRow, int xColumn, float[] y, int yo, int yRow,
            int yColumn) {
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
