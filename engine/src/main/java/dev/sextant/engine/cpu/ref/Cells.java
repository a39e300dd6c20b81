package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;

/// An array seen as numbers: reads and writes elements by logical index, whatever the strides and the element type.
/// Values are doubles on this side; a write rounds once to the array's type.
final class Cells {
    private final float[] floats;
    private final double[] doubles;
    private final int[] ints;
    private final int start;
    private final int[] dims;
    private final int[] strides;
    private final int size;
    private final boolean contiguous;

    private Cells(NDArray x) {
        floats = switch (x.dtype()) {
            case FLOAT32 -> HostStorage.floats(x);
            case FLOAT64, INT32 -> null;
        };
        doubles = switch (x.dtype()) {
            case FLOAT64 -> HostStorage.doubles(x);
            case FLOAT32, INT32 -> null;
        };
        ints = switch (x.dtype()) {
            case INT32 -> HostStorage.ints(x);
            case FLOAT32, FLOAT64 -> null;
        };
        start = HostStorage.start(x);
        dims = x.shape().dims();
        strides = ((Layout.Strided) x.layout()).strides();
        size = Math.toIntExact(x.size());
        contiguous = x.isContiguous();
    }

    /// The cells of an array to read; null for an absent one.
    static Cells of(NDArray x) {
        return x == null ? null : new Cells(x.plain());
    }

    /// The cells of an array repeated along its axes of extent 1, so that it can be read as if it had that shape.
    static Cells of(NDArray x, Shape broadcast) {
        return new Cells(x.expand(broadcast));
    }

    int size() {
        return size;
    }

    int dim(int axis) {
        return dims[axis];
    }

    /// Element `i` in row-major order.
    double get(int i) {
        return load(position(i));
    }

    /// Element `(i, j)` of a matrix.
    double get(int i, int j) {
        return load(start + i * strides[0] + j * strides[1]);
    }

    /// Element `(n, c, h, w)` of a four-dimensional array.
    double get(int n, int c, int h, int w) {
        return load(start + n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3]);
    }

    /// Writes element `i` in row-major order.
    void set(int i, double value) {
        store(position(i), value);
    }

    /// Writes element `(i, j)` of a matrix.
    void set(int i, int j, double value) {
        store(start + i * strides[0] + j * strides[1], value);
    }

    /// Writes element `(n, c, h, w)` of a four-dimensional array.
    void set(int n, int c, int h, int w, double value) {
        store(start + n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3], value);
    }

    private double load(int position) {
        return floats != null ? floats[position] : doubles != null ? doubles[position] : ints[position];
    }

    private void store(int position, double value) {
        if (floats != null) {
            floats[position] = (float) value;
        } else if (doubles != null) {
            doubles[position] = value;
        } else {
            ints[position] = (int) value;
        }
    }

    private int position(int i) {
        if (contiguous) {
            return start + i;
        }
        int position = start;
        int rest = i;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            position += rest % dims[axis] * strides[axis];
            rest /= dims[axis];
        }
        return position;
    }
}
