package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;

/// A gradient under construction: one double per element of the target, all zero at first, added to in any order and
/// written once at the end, so that the result is rounded once.
final class Sums {
    private final NDArray array;
    private final Write write;
    private final double[] values;
    private final int[] strides;

    private Sums(NDArray array, Write write) {
        this.array = array;
        this.write = write;
        this.values = new double[Math.toIntExact(array.size())];
        this.strides = array.shape().strides();
    }

    /// Zeros for a gradient.
    static Sums of(Target target) {
        return new Sums(target.array(), target.write());
    }

    /// Zeros for an array.
    static Sums of(NDArray array, Write write) {
        return new Sums(array, write);
    }

    /// Adds to element `i` in row-major order.
    void add(int i, double value) {
        values[i] += value;
    }

    /// Adds to element `(n, c, h, w)`.
    void add(int n, int c, int h, int w, double value) {
        values[n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3]] += value;
    }

    /// Writes the sums, over or onto what the target holds.
    void store() {
        var cells = Cells.of(array);
        for (int i = 0; i < values.length; i++) {
            cells.set(i, write == Write.ADD ? cells.get(i) + values[i] : values[i]);
        }
    }
}
