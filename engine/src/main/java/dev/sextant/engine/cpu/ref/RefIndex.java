package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.spi.IndexKernels;
import dev.sextant.engine.spi.Target;

/// Moving elements. Each operation says, for every element of the result, which element of `x` it comes from
/// (row-major indices); forward reads from there, backward adds to there.
interface RefIndex extends IndexKernels {

    /// Where padding comes from: nowhere.
    int NOWHERE = -1;

    @Override
    default void indexSelect(IndexSelectSpec spec, NDArray x, NDArray index, NDArray y) {
        move(x, selectSource(spec, x.shape(), index, y.shape()), 0, y);
    }

    @Override
    default void indexSelectBackward(IndexSelectSpec spec, NDArray dy, NDArray index, Target dx) {
        moveBack(dy, selectSource(spec, dx.array().shape(), index, dy.shape()), dx);
    }

    @Override
    default void gather(GatherSpec spec, NDArray x, NDArray index, NDArray y) {
        move(x, gatherSource(spec, x.shape(), index), 0, y);
    }

    @Override
    default void gatherBackward(GatherSpec spec, NDArray dy, NDArray index, Target dx) {
        moveBack(dy, gatherSource(spec, dx.array().shape(), index), dx);
    }

    @Override
    default void oneHot(OneHotSpec spec, NDArray labels, NDArray ys) {
        Cells label = Cells.of(labels);
        Cells y = Cells.of(ys);
        for (int i = 0; i < label.size(); i++) {
            int hot = checked("one_hot", (int) label.get(i), spec.classes(), i);
            for (int c = 0; c < spec.classes(); c++) {
                y.set(i * spec.classes() + c, c == hot ? 1 : 0);
            }
        }
    }

    @Override
    default void pad(PadSpec spec, NDArray x, NDArray y) {
        move(x, padSource(spec, x.shape(), y.shape()), spec.value(), y);
    }

    @Override
    default void padBackward(PadSpec spec, NDArray dy, Target dx) {
        moveBack(dy, padSource(spec, dx.array().shape(), dy.shape()), dx);
    }

    @Override
    default void resize(ResizeSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        for (int n = 0; n < y.dim(0); n++) {
            for (int c = 0; c < y.dim(1); c++) {
                for (int p = 0; p < y.dim(2); p++) {
                    for (int q = 0; q < y.dim(3); q++) {
                        Between h = Between.of(spec, p, x.dim(2), y.dim(2));
                        Between w = Between.of(spec, q, x.dim(3), y.dim(3));
                        y.set(n, c, p, q, (1 - h.share) * (1 - w.share) * x.get(n, c, h.low, w.low)
                                + (1 - h.share) * w.share * x.get(n, c, h.low, w.high)
                                + h.share * (1 - w.share) * x.get(n, c, h.high, w.low)
                                + h.share * w.share * x.get(n, c, h.high, w.high));
                    }
                }
            }
        }
    }

    @Override
    default void resizeBackward(ResizeSpec spec, NDArray dys, Target target) {
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(target.array());
        Sums dx = Sums.of(target);
        for (int n = 0; n < dy.dim(0); n++) {
            for (int c = 0; c < dy.dim(1); c++) {
                for (int p = 0; p < dy.dim(2); p++) {
                    for (int q = 0; q < dy.dim(3); q++) {
                        Between h = Between.of(spec, p, x.dim(2), dy.dim(2));
                        Between w = Between.of(spec, q, x.dim(3), dy.dim(3));
                        double g = dy.get(n, c, p, q);
                        dx.add(n, c, h.low, w.low, (1 - h.share) * (1 - w.share) * g);
                        dx.add(n, c, h.low, w.high, (1 - h.share) * w.share * g);
                        dx.add(n, c, h.high, w.low, h.share * (1 - w.share) * g);
                        dx.add(n, c, h.high, w.high, h.share * w.share * g);
                    }
                }
            }
        }
        dx.store();
    }

    /// A position between two pixels: `(1 − share)·x[low] + share·x[high]`.
    record Between(int low, int high, double share) {
        static Between of(ResizeSpec spec, int i, int in, int out) {
            if (!spec.bilinear()) {
                int nearest = (int) ((long) i * in / out);
                return new Between(nearest, nearest, 0);
            }
            double at = spec.alignCorners() ? out == 1 ? 0 : (double) i * (in - 1) / (out - 1)
                    : Math.max(0, (i + 0.5) * in / out - 0.5);
            int low = Math.min((int) at, in - 1);
            return new Between(low, Math.min(low + 1, in - 1), at - low);
        }
    }

    private static void move(NDArray xs, int[] source, double outside, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        for (int i = 0; i < source.length; i++) {
            y.set(i, source[i] == NOWHERE ? outside : x.get(source[i]));
        }
    }

    private static void moveBack(NDArray dys, int[] source, Target target) {
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        for (int i = 0; i < source.length; i++) {
            if (source[i] != NOWHERE) {
                dx.add(source[i], dy.get(i));
            }
        }
        dx.store();
    }

    private static int[] selectSource(IndexSelectSpec spec, Shape x, NDArray indices, Shape y) {
        Cells index = Cells.of(indices);
        int inner = x.strides()[spec.axis()];
        int length = y.dim(spec.axis());
        int[] source = new int[(int) y.size()];
        for (int i = 0; i < source.length; i++) {
            int outer = i / inner / length;
            int j = i / inner % length;
            int chosen = checked("index_select", (int) index.get(j), x.dim(spec.axis()), j);
            source[i] = (outer * x.dim(spec.axis()) + chosen) * inner + i % inner;
        }
        return source;
    }

    private static int[] gatherSource(GatherSpec spec, Shape x, NDArray indices) {
        Cells index = Cells.of(indices);
        int[] strides = x.strides();
        int[] source = new int[index.size()];
        for (int i = 0; i < source.length; i++) {
            int rest = i;
            for (int axis = x.rank() - 1; axis >= 0; axis--) {
                int at = rest % index.dim(axis);
                rest /= index.dim(axis);
                source[i] += strides[axis] * (axis == spec.axis()
                        ? checked("gather", (int) index.get(i), x.dim(axis), i)
                        : at);
            }
        }
        return source;
    }

    private static int[] padSource(PadSpec spec, Shape x, Shape y) {
        int rows = y.dim(-2);
        int columns = y.dim(-1);
        int[] source = new int[(int) y.size()];
        for (int i = 0; i < source.length; i++) {
            int plane = i / (rows * columns);
            int h = inside(spec.mode(), i / columns % rows - spec.top(), x.dim(-2));
            int w = inside(spec.mode(), i % columns - spec.left(), x.dim(-1));
            source[i] = h == NOWHERE || w == NOWHERE ? NOWHERE : (plane * x.dim(-2) + h) * x.dim(-1) + w;
        }
        return source;
    }

    /// The pixel that stands at position `i` of an axis of which `0 … extent−1` are real.
    private static int inside(PadSpec.Mode mode, int i, int extent) {
        return switch (mode) {
            case CONSTANT -> i < 0 || i >= extent ? NOWHERE : i;
            case REPLICATE -> Math.min(Math.max(i, 0), extent - 1);
            case REFLECT -> i < 0 ? -i : i >= extent ? 2 * (extent - 1) - i : i;
        };
    }

    private static int checked(String op, int index, int extent, int position) {
        if (index < 0 || index >= extent) {
            throw new DataException("%s: index %d at position %d is outside 0..%d", op, index, position, extent - 1);
        }
        return index;
    }
}
