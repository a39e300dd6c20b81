package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.dense;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.spi.IndexKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;
import java.util.Arrays;

/// Launches `index.cu`. Indices are looked at on the host, where a wrong one can be named.
interface CudaIndex extends IndexKernels, CudaFamily {
    /// Axes that `gather` walks.
    int RANK = 6;

    private static NDArray checked(String op, NDArray index, int extent) {
        int[] values = CudaStorage.ints(index);
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= extent) {
                throw new DataException("%s: index %d at position %d is outside 0..%d", op, values[i], i, extent - 1);
            }
        }
        return dense(index);
    }

    private static int[] axis(IndexSelectSpec spec, Shape x, int length) {
        int outer = 1;
        for (int i = 0; i < spec.axis(); i++) {
            outer *= x.dim(i);
        }
        return new int[] {outer, x.dim(spec.axis()), x.strides()[spec.axis()], length};
    }

    @Override
    default void indexSelect(IndexSelectSpec spec, NDArray x, NDArray index, NDArray y) {
        NDArray chosen = checked(spec.opName(), index, x.dim(spec.axis()));
        NDArray xd = dense(x);
        CudaStorage.changed(y);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("index", "index_select", yd.size(),
                LaunchParameters.begin().struct(axis(spec, x.shape(), chosen.dim(0))).pointer(at(xd))
                        .pointer(at(chosen)).pointer(at(yd)),
                xd, chosen, yd));
    }

    @Override
    default void indexSelectBackward(IndexSelectSpec spec, NDArray dy, NDArray index, Target dx) {
        NDArray dyd = floats(spec.opName(), dy);
        NDArray chosen = checked(spec.opName(), index, dx.array().dim(spec.axis()));
        launcher().into(dx, (to, add) -> launcher().elements("index", "index_select_backward", to.size(),
                LaunchParameters.begin().struct(axis(spec, to.shape(), chosen.dim(0))).pointer(at(dyd))
                        .pointer(at(chosen)).pointer(at(to)).int32(add),
                dyd, chosen, to));
    }

    private static int[] fields(GatherSpec spec, Shape x, Shape y) {
        if (x.rank() > RANK) {
            throw new ShapeException("gather: x %s has %d axes; cuda walks at most %d", x, x.rank(), RANK);
        }
        int[] fields = new int[2 * RANK + 3];
        Arrays.fill(fields, 0, 2 * RANK, 1);
        for (int i = 0; i < x.rank(); i++) {
            fields[RANK - x.rank() + i] = x.dim(i);
            fields[2 * RANK - x.rank() + i] = y.dim(i);
        }
        fields[2 * RANK] = RANK - x.rank() + spec.axis();
        fields[2 * RANK + 1] = (int) x.size();
        fields[2 * RANK + 2] = (int) y.size();
        return fields;
    }

    @Override
    default void gather(GatherSpec spec, NDArray x, NDArray index, NDArray y) {
        NDArray chosen = checked(spec.opName(), index, x.dim(spec.axis()));
        NDArray xd = dense(x);
        CudaStorage.changed(y);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("index", "gather", yd.size(),
                LaunchParameters.begin().struct(fields(spec, x.shape(), yd.shape())).pointer(at(xd))
                        .pointer(at(chosen)).pointer(at(yd)),
                xd, chosen, yd));
    }

    @Override
    default void gatherBackward(GatherSpec spec, NDArray dy, NDArray index, Target dx) {
        NDArray dyd = floats(spec.opName(), dy);
        NDArray chosen = checked(spec.opName(), index, dx.array().dim(spec.axis()));
        launcher().into(dx, (to, add) -> launcher().elements("index", "gather_backward", to.size(),
                LaunchParameters.begin().struct(fields(spec, to.shape(), dy.shape())).pointer(at(dyd))
                        .pointer(at(chosen)).pointer(at(to)).int32(add),
                dyd, chosen, to));
    }

    @Override
    default void oneHot(OneHotSpec spec, NDArray labels, NDArray y) {
        NDArray hot = checked("one_hot", labels, spec.classes());
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("index", "one_hot", yd.size(),
                LaunchParameters.begin().pointer(at(hot)).pointer(at(yd)).int32(spec.classes())
                        .int32((int) hot.size()),
                hot, yd));
    }

    private static int planes(Shape x) {
        return x.size() == 0 ? 0 : (int) (x.size() / x.dim(-1) / x.dim(-2));
    }

    private static int[] padding(PadSpec spec, Shape x, Shape y) {
        return new int[] {planes(x), x.dim(-2), x.dim(-1), y.dim(-2), y.dim(-1), spec.mode().ordinal(), spec.left(),
            spec.top()};
    }

    @Override
    default void pad(PadSpec spec, NDArray x, NDArray y) {
        NDArray xd = floats("pad", x);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("index", "pad", yd.size(),
                LaunchParameters.begin().struct(padding(spec, x.shape(), yd.shape())).float32((float) spec.value())
                        .pointer(at(xd)).pointer(at(yd)),
                xd, yd));
    }

    @Override
    default void padBackward(PadSpec spec, NDArray dy, Target dx) {
        NDArray dyd = floats("pad", dy);
        launcher().into(dx, (to, add) -> launcher().elements("index", "pad_backward", to.size(),
                LaunchParameters.begin().struct(padding(spec, to.shape(), dy.shape())).pointer(at(dyd))
                        .pointer(at(to)).int32(add),
                dyd, to));
    }

    private static int[] resizing(ResizeSpec spec, Shape x, Shape y) {
        return new int[] {planes(x), x.dim(2), x.dim(3), y.dim(2), y.dim(3), spec.bilinear() ? 1 : 0,
            spec.alignCorners() ? 1 : 0};
    }

    @Override
    default void resize(ResizeSpec spec, NDArray x, NDArray y) {
        NDArray xd = floats("resize", x);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("index", "resize", yd.size(),
                LaunchParameters.begin().struct(resizing(spec, x.shape(), yd.shape())).pointer(at(xd)).pointer(at(yd)),
                xd, yd));
    }

    @Override
    default void resizeBackward(ResizeSpec spec, NDArray dy, Target dx) {
        NDArray dyd = floats("resize", dy);
        launcher().into(dx, (to, add) -> launcher().elements("index", "resize_backward", to.size(),
                LaunchParameters.begin().struct(resizing(spec, to.shape(), dy.shape())).pointer(at(dyd)).pointer(at(to))
                        .int32(add),
                dyd, to));
    }
}
