package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.spi.IndexKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;

/// Moving elements: a table says where every element of the result comes from; forward reads there, backward adds
/// there, in the order of the result.
interface SimdIndex extends IndexKernels, SimdPointwise {
    /// No source: the element is padding.
    int OUTSIDE = -1;

    @Override
    default void indexSelect(IndexSelectSpec spec, NDArray x, NDArray index, NDArray y) {
        move(x, selectTable(spec, x.shape(), index, y.shape()), 0, y);
    }

    @Override
    default void indexSelectBackward(IndexSelectSpec spec, NDArray dy, NDArray index, Target dx) {
        moveBack(dy, selectTable(spec, dx.array().shape(), index, dy.shape()), dx);
    }

    @Override
    default void gather(GatherSpec spec, NDArray x, NDArray index, NDArray y) {
        move(x, gatherTable(spec, x.shape(), index), 0, y);
    }

    @Override
    default void gatherBackward(GatherSpec spec, NDArray dy, NDArray index, Target dx) {
        moveBack(dy, gatherTable(spec, dx.array().shape(), index), dx);
    }

    @Override
    default void oneHot(OneHotSpec spec, NDArray labels, NDArray y) {
        NDArray dense = Dense.of(labels);
        int[] values = HostStorage.ints(dense);
        int base = HostStorage.start(dense);
        fill(0, y);
        boolean ints = y.dtype() == DType.INT32;
        for (int i = 0; i < labels.size(); i++) {
            int at = HostStorage.start(y) + i * spec.classes()
                    + checked("one_hot", values[base + i], spec.classes(), i);
            if (ints) {
                HostStorage.ints(y)[at] = 1;
            } else {
                HostStorage.floats(y)[at] = 1;
            }
        }
    }

    @Override
    default void pad(PadSpec spec, NDArray x, NDArray y) {
        move(x, padTable(spec, x.shape(), y.shape()), spec.value(), y);
    }

    @Override
    default void padBackward(PadSpec spec, NDArray dy, Target dx) {
        moveBack(dy, padTable(spec, dx.array().shape(), dy.shape()), dx);
    }

    @Override
    default void resize(ResizeSpec spec, NDArray x, NDArray y) {
        var from = Strides.of(Dense.of(x));
        var to = Dense.into(y);
        Resampling rows = Resampling.of(spec, x.dim(2), y.dim(2));
        Resampling columns = Resampling.of(spec, x.dim(3), y.dim(3));
        workers().run(x.dim(0) * x.dim(1), plane -> Resampling.plane(rows, columns, from.data(),
                from.base() + plane * x.dim(2) * x.dim(3), x.dim(3), to.data(),
                to.start() + plane * y.dim(2) * y.dim(3)));
        to.store(this);
    }

    @Override
    default void resizeBackward(ResizeSpec spec, NDArray dy, Target dx) {
        NDArray x = dx.array();
        var from = Strides.of(Dense.of(dy));
        var to = Dense.into(dx);
        Resampling rows = Resampling.of(spec, x.dim(2), dy.dim(2));
        Resampling columns = Resampling.of(spec, x.dim(3), dy.dim(3));
        int size = x.dim(2) * x.dim(3);
        workers().run(x.dim(0) * x.dim(1), plane -> {
            int at = to.start() + plane * size;
            Arrays.fill(to.data(), at, at + size, 0);
            Resampling.planeBackward(rows, columns, from.data(), from.base() + plane * dy.dim(2) * dy.dim(3),
                    to.data(), at, x.dim(3));
        });
        to.store(this);
    }

    private void move(NDArray x, int[] table, double outside, NDArray y) {
        NDArray source = Dense.of(x.plain());
        int base = HostStorage.start(source);
        int size = (int) y.size();
        NDArray dense = y.isContiguous() ? y : NDArray.empty(y.shape(), y.dtype(), y.device());
        int start = HostStorage.start(dense);
        if (x.dtype() == DType.INT32) {
            for (int i = 0; i < size; i++) {
                HostStorage.ints(dense)[start + i] = table[i] == OUTSIDE ? (int) outside
                        : HostStorage.ints(source)[base + table[i]];
            }
        } else {
            float[] from = HostStorage.floats(source);
            float[] to = HostStorage.floats(dense);
            for (int i = 0; i < size; i++) {
                to[start + i] = table[i] == OUTSIDE ? (float) outside : from[base + table[i]];
            }
        }
        if (dense != y) {
            copy(dense, y, Write.SET);
        }
    }

    private void moveBack(NDArray dy, int[] table, Target dx) {
        var from = Strides.of(Dense.of(dy));
        var to = Dense.into(dx);
        Arrays.fill(to.data(), to.start(), to.start() + (int) dx.array().size(), 0);
        for (int i = 0; i < dy.size(); i++) {
            if (table[i] != OUTSIDE) {
                to.data()[to.start() + table[i]] += from.data()[from.base() + i];
            }
        }
        to.store(this);
    }

    private static int[] selectTable(IndexSelectSpec spec, Shape x, NDArray index, Shape y) {
        NDArray dense = Dense.of(index);
        int[] chosen = HostStorage.ints(dense);
        int base = HostStorage.start(dense);
        int extent = x.dim(spec.axis());
        int inner = x.strides()[spec.axis()];
        int length = y.dim(spec.axis());
        int size = (int) y.size();
        int[] table = Scratch.ofThread().ints(Scratch.WORK, size);
        for (int run = 0; run * inner < size; run++) {
            int j = run % length;
            int from = (run / length * extent + checked("index_select", chosen[base + j], extent, j)) * inner;
            for (int i = 0; i < inner; i++) {
                table[run * inner + i] = from + i;
            }
        }
        return table;
    }

    private static int[] gatherTable(GatherSpec spec, Shape x, NDArray index) {
        NDArray dense = Dense.of(index);
        int[] chosen = HostStorage.ints(dense);
        int base = HostStorage.start(dense);
        int[] steps = x.strides();
        int size = (int) index.size();
        int[] table = Scratch.ofThread().ints(Scratch.WORK, size);
        for (int i = 0; i < size; i++) {
            int rest = i;
            int at = 0;
            for (int axis = x.rank() - 1; axis >= 0; axis--) {
                int own = rest % index.dim(axis);
                rest /= index.dim(axis);
                at += steps[axis] * (axis == spec.axis() ? checked("gather", chosen[base + i], x.dim(axis), i) : own);
            }
            table[i] = at;
        }
        return table;
    }

    private static int[] padTable(PadSpec spec, Shape x, Shape y) {
        int rows = y.dim(-2);
        int columns = y.dim(-1);
        int[] table = Scratch.ofThread().ints(Scratch.WORK, (int) y.size());
        for (int line = 0; line * columns < y.size(); line++) {
            int h = source(spec.mode(), line % rows - spec.top(), x.dim(-2));
            int from = (line / rows * x.dim(-2) + h) * x.dim(-1);
            for (int i = 0; i < columns; i++) {
                int w = source(spec.mode(), i - spec.left(), x.dim(-1));
                table[line * columns + i] = h == OUTSIDE || w == OUTSIDE ? OUTSIDE : from + w;
            }
        }
        return table;
    }

    private static int source(PadSpec.Mode mode, int i, int extent) {
        if (i >= 0 && i < extent) {
            return i;
        }
        return switch (mode) {
            case CONSTANT -> OUTSIDE;
            case REPLICATE -> i < 0 ? 0 : extent - 1;
            case REFLECT -> i < 0 ? -i : 2 * (extent - 1) - i;
        };
    }

    private static int checked(String op, int index, int extent, int position) {
        if (index < 0 || index >= extent) {
            throw new DataException("%s: index %d at position %d is outside 0..%d", op, index, position, extent - 1);
        }
        return index;
    }
}
