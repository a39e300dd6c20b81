package dev.sextant.engine.cpu.simd;

import java.util.Arrays;

/// Some rows of a source image with the padding written out, so that a convolution need not look at borders: rows of
/// `[phase][column]` pixels, the columns sorted by their number modulo the step, which puts the pixels of one tap side
/// by side whatever the stride. One pixel is a vector of channels (`unit` = lanes) or a single number (`unit` = 1).
///
/// Result pixel `(p, q)` under tap `t` reads source pixel `(p·stepH + tapH[t], q·stepW + tapW[t])`.
final class Band {
    private final int unit;
    private final int outer;
    private final int height;
    private final int width;
    private final int stepH;
    private final int stepW;
    private final int[] tapH;
    private final int[] tapW;
    private final int firstH;
    private final int firstW;
    private final int reachH;
    private final int phaseWidth;

    /// @param outer channel blocks (or single channels) of the source
    /// @param gridW result pixels per row
    Band(int unit, int outer, int height, int width, int gridW, int stepH, int stepW, int[] tapH, int[] tapW) {
        this.unit = unit;
        this.outer = outer;
        this.height = height;
        this.width = width;
        this.stepH = stepH;
        this.stepW = stepW;
        this.tapH = tapH;
        this.tapW = tapW;
        firstH = Arrays.stream(tapH).min().orElse(0);
        firstW = Arrays.stream(tapW).min().orElse(0);
        reachH = Arrays.stream(tapH).max().orElse(0) - firstH;
        int columns = (gridW - 1) * stepW + Arrays.stream(tapW).max().orElse(0) - firstW + 1;
        phaseWidth = Math.ceilDiv(columns, stepW);
    }

    int rowStride() {
        return stepW * phaseWidth * unit;
    }

    /// Distance between the places of result rows.
    int resultRow() {
        return stepH * rowStride();
    }

    private int rows(int resultRows) {
        return (resultRows - 1) * stepH + reachH + 1;
    }

    /// Elements needed for a number of result rows.
    int size(int resultRows) {
        return outer * rows(resultRows) * rowStride();
    }

    /// What to add to the place of result pixel `(p, q)` of the band to come to tap `t` of a channel.
    int shift(int channel, int t, int resultRows) {
        int u = tapW[t] - firstW;
        return channel / unit * rows(resultRows) * rowStride() + channel % unit
                + (tapH[t] - firstH) * rowStride() + (u % stepW * phaseWidth + u / stepW) * unit;
    }

    /// Copies what result rows `p0 … p0+resultRows−1` see.
    ///
    /// @param at     place of the source's pixel (0, 0)
    /// @param plane  distance between its blocks or channels
    /// @param row    distance between its rows
    /// @param column distance between its pixels
    void fill(float[] x, int at, int plane, int row, int column, int p0, int resultRows, float[] to) {
        fill(x, at, plane, row, column, p0, resultRows, 0, outer, to, 0);
    }

    /// As above, for the blocks or channels `from … end−1`, into a band that begins at `base`.
    void fill(float[] x, int at, int plane, int row, int column, int p0, int resultRows, int from, int end, float[] to,
            int base) {
        int rows = rows(resultRows);
        for (int c = from; c < end; c++) {
            for (int r = 0; r < rows; r++) {
                int h = p0 * stepH + firstH + r;
                int target = base + (c * rows + r) * rowStride();
                if (h < 0 || h >= height) {
                    Arrays.fill(to, target, target + rowStride(), 0);
                } else if (stepW == 1 && column == unit) {
                    copyRow(x, at + c * plane + h * row, to, target);
                } else {
                    copyPhases(x, at + c * plane + h * row, column, to, target);
                }
            }
        }
    }

    private void copyRow(float[] x, int from, float[] to, int target) {
        int left = Math.clamp(-firstW, 0, phaseWidth);
        int end = Math.clamp(width - firstW, left, phaseWidth);
        Arrays.fill(to, target, target + left * unit, 0);
        if (end > left) {
            System.arraycopy(x, from + (left + firstW) * unit, to, target + left * unit, (end - left) * unit);
        }
        Arrays.fill(to, target + end * unit, target + phaseWidth * unit, 0);
    }

    private void copyPhases(float[] x, int from, int column, float[] to, int target) {
        for (int phase = 0; phase < stepW; phase++) {
            int first = phase + firstW;
            int left = Math.clamp(Math.ceilDiv(-first, stepW), 0, phaseWidth);
            int end = Math.clamp(Math.ceilDiv(width - first, stepW), left, phaseWidth);
            int place = target + phase * phaseWidth * unit;
            Arrays.fill(to, place, place + left * unit, 0);
            Arrays.fill(to, place + end * unit, place + phaseWidth * unit, 0);
            int source = from + first * column;
            int step = stepW * column;
            if (unit == 1) {
                for (int i = left; i < end; i++) {
                    to[place + i] = x[source + i * step];
                }
            } else {
                for (int i = left; i < end; i++) {
                    System.arraycopy(x, source + i * step, to, place + i * unit, unit);
                }
            }
        }
    }

    /// Whether every tap of every result pixel lies inside the source and pixels lie side by side as they are, so
    /// that nothing need be copied.
    boolean isInside(int gridH, int gridW) {
        int lastH = (gridH - 1) * stepH + firstH + reachH;
        int lastW = gridW - 1 + Arrays.stream(tapW).max().orElse(0);
        return stepW == 1 && firstH >= 0 && firstW >= 0 && lastH < height && lastW < width;
    }
}
