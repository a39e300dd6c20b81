package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.MoveSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Views, and what joins arrays. A view costs nothing forward; its gradient is the same view of `dy`, or for a part
/// of an array, `dy` in the middle of zeros. And what moves elements by index: each result element comes from known
/// places of `x`, and its gradient goes back there, adding up.
public final class Shaping {
    private Shaping() {
    }

    /// The same elements in another shape; one extent may be -1.
    public static Var reshape(Var x, int... dims) {
        NDArray y = live("reshape", x).reshape(dims);
        return view("reshape", y, (dy, sink) -> sink.pass(0, dy.reshape(x.shape().dims())), x);
    }

    /// The axes `start … end` (counted from the end where negative) joined into one.
    public static Var flatten(Var x, int start, int end) {
        live("flatten", x);
        Shape shape = x.shape();
        if (shape.rank() == 0) {
            return reshape(x, 1);
        }
        int first = shape.axis("flatten", start);
        int last = shape.axis("flatten", end);
        if (first > last) {
            throw new ShapeException("flatten: start axis %d lies behind end axis %d of %s", start, end, shape);
        }
        int joined = 1;
        for (int i = first; i <= last; i++) {
            joined *= shape.dim(i);
        }
        int[] dims = new int[shape.rank() - (last - first)];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i < first ? shape.dim(i) : i == first ? joined : shape.dim(i + last - first);
        }
        return reshape(x, dims);
    }

    /// `[N, …]` as `[N, features]`.
    public static Var flatten(Var x) {
        return flatten(x, 1, -1);
    }

    /// Axis `i` of the result is axis `axes[i]` of `x`.
    public static Var permute(Var x, int... axes) {
        NDArray y = live("permute", x).permute(axes);
        int[] inverse = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            inverse[x.shape().axis(axes[i])] = i;
        }
        return view("permute", y, (dy, sink) -> sink.pass(0, dy.permute(inverse)), x);
    }

    /// Two axes exchanged.
    public static Var transpose(Var x, int a, int b) {
        NDArray y = live("transpose", x).transpose(a, b);
        return view("transpose", y, (dy, sink) -> sink.pass(0, dy.transpose(a, b)), x);
    }

    /// A new axis of extent 1 before `axis` (negative: counted from the end of the result).
    public static Var unsqueeze(Var x, int axis) {
        int rank = x.shape().rank() + 1;
        if (axis < -rank || axis >= rank) {
            throw new ShapeException("unsqueeze: a new axis of %s can stand at %d..%d, not at %d", x.shape(), -rank,
                    rank - 1, axis);
        }
        NDArray y = live("unsqueeze", x).unsqueeze(axis);
        return view("unsqueeze", y, (dy, sink) -> sink.pass(0, dy.reshape(x.shape().dims())), x);
    }

    /// Without the given axes of extent 1; without all of them if none is given.
    public static Var squeeze(Var x, int... axes) {
        live("squeeze", x);
        Shape shape = x.shape();
        int[] dropped = axes.length == 0
                ? IntStream.range(0, shape.rank()).filter(i -> shape.dim(i) == 1).toArray()
                : Arrays.stream(axes).map(a -> shape.axis("squeeze", a)).toArray();
        for (int axis : dropped) {
            if (shape.dim(axis) != 1) {
                throw new ShapeException("squeeze: axis %d of %s has extent %d; only extents of 1 can go", axis, shape,
                        shape.dim(axis));
            }
        }
        return reshape(x, IntStream.range(0, shape.rank())
                .filter(i -> Arrays.stream(dropped).noneMatch(d -> d == i)).map(shape::dim).toArray());
    }

    /// Repeated along axes of extent 1, or new leading axes, without copying; the gradient is summed over them.
    public static Var expand(Var x, Shape target) {
        NDArray y = live("expand", x).expand(target);
        return view("expand", y, (dy, sink) -> Broadcasting.sumInto(sink, 0, dy, x.shape()), x);
    }

    /// The whole array `repeats[i]` times along axis `i`; more repeats than axes give new leading axes.
    public static Var repeat(Var x, int... repeats) {
        live("repeat", x);
        int lead = repeats.length - x.shape().rank();
        if (lead < 0 || Arrays.stream(repeats).anyMatch(r -> r < 1)) {
            throw new ShapeException("repeat: %s needs at least %d repeats, all >= 1, but got %s", x.shape(),
                    x.shape().rank(), Arrays.toString(repeats));
        }
        int[] split = new int[2 * repeats.length];
        int[] expanded = new int[2 * repeats.length];
        int[] joined = new int[repeats.length];
        for (int i = 0; i < repeats.length; i++) {
            int extent = i < lead ? 1 : x.shape().dim(i - lead);
            split[2 * i] = 1;
            split[2 * i + 1] = extent;
            expanded[2 * i] = repeats[i];
            expanded[2 * i + 1] = extent;
            joined[i] = repeats[i] * extent;
        }
        return reshape(expand(reshape(x, split), Shape.of(expanded)), joined);
    }

    /// The elements `start … start+length−1` of one axis.
    public static Var narrow(Var x, int axis, int start, int length) {
        return part("narrow", x, axis, start, start + length, 1);
    }

    /// The elements `start, start+step, …` before `end` of one axis.
    public static Var slice(Var x, int axis, int start, int end, int step) {
        return part("slice", x, axis, start, end, step);
    }

    private static Var part(String op, Var x, int axis, int start, int end, int step) {
        NDArray y = live(op, x).slice(axis, start, end, step);
        return view(op, y, new PartGrad(axis, start, end, step), x);
    }

    record PartGrad(int axis, int start, int end, int step) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            Target dx = sink.target(0);
            var kernels = dy.device().kernels();
            NDArray view = dx.array().slice(axis, start, end, step);
            if (view.storage() == dx.array().storage()) {
                if (!dx.adds()) {
                    kernels.fill(0, dx.array());
                }
                kernels.copy(dy, view, dx.write());
                return;
            }
            // A blocked gradient has no view of this part: put dy among zeros first.
            NDArray among = NDArray.zeros(dx.array().shape(), dy.dtype(), dy.device());
            kernels.copy(dy, among.slice(axis, start, end, step), Write.SET);
            kernels.copy(among, dx.array(), dx.write());
            among.storage().release("backward, which had consumed this gradient");
        }
    }

    /// The arrays one after the other along an axis on which alone they may differ.
    public static Var concat(int axis, List<Var> parts) {
        return concat(new MoveSpec("concat"), axis, parts, null);
    }

    /// Arrays of one shape side by side along a new axis.
    public static Var stack(int axis, List<Var> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException("stack: needs at least one array");
        }
        Shape first = parts.getFirst().shape();
        var spec = new MoveSpec("stack");
        Op.kernels(spec, parts.getFirst(), parts.toArray(Var[]::new));
        for (Var part : parts) {
            if (!part.shape().equals(first)) {
                throw new ShapeException("stack: all arrays must have one shape, but these are %s", shapes(parts));
            }
        }
        int at = axis < 0 ? axis + first.rank() + 1 : axis;
        if (at < 0 || at > first.rank()) {
            throw new ShapeException("stack: the new axis of %s can stand at %d..%d, not at %d", shapes(parts),
                    -first.rank() - 1, first.rank(), axis);
        }
        return concat(spec, at, parts.stream().map(p -> unsqueeze(p, axis)).toList(), null);
    }

    /// @param room null, or where the result is to lie if it can; parts that are at their place there are not copied
    static Var concat(MoveSpec spec, int axis, List<Var> parts, Room room) {
        Shape out = concatShape(spec.opName(), axis, parts);
        int along = out.axis(axis);
        Var first = parts.getFirst();
        Var[] all = parts.toArray(Var[]::new);
        var kernels = Op.kernels(spec, first, all);
        NDArray[] rest = parts.stream().skip(1).map(Var::value).toArray(NDArray[]::new);
        int[] starts = new int[all.length];
        for (int i = 1; i < all.length; i++) {
            starts[i] = starts[i - 1] + all[i - 1].shape().dim(along);
        }
        NDArray place = room == null ? null : room.upTo(out.dim(along));
        NDArray y = Op.resultIn(place, spec, out, first.value(), rest);
        for (int i = 0; i < all.length; i++) {
            NDArray part = all[i].value();
            if (!lies(part, y, along, starts[i])) {
                kernels.copyRange(part, 0, y, starts[i], part.dim(along), along, Write.SET);
            }
        }
        return Var.result(spec, y, new ConcatGrad(along, starts), all);
    }

    /// Whether a part is where it belongs already.
    private static boolean lies(NDArray part, NDArray y, int axis, int start) {
        return part.storage() == y.storage() && y.hasView(axis, start, part.dim(axis))
                && y.narrow(axis, start, part.dim(axis)).layout().equals(part.layout());
    }

    /// Each part's gradient is its range of `dy`.
    record ConcatGrad(int axis, int[] starts) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            for (int i = 0; i < starts.length; i++) {
                int length = (i + 1 < starts.length ? starts[i + 1] : dy.dim(axis)) - starts[i];
                if (!sink.wants(i)) {
                    continue;
                }
                if (dy.hasView(axis, starts[i], length)) {
                    sink.give(i, dy.narrow(axis, starts[i], length));
                } else {
                    Target dx = sink.target(i);
                    dy.device().kernels().copyRange(dy, starts[i], dx.array(), 0, length, axis, dx.write());
                }
            }
        }
    }

    private static Shape concatShape(String op, int axis, List<Var> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException("%s: needs at least one array", op);
        }
        Shape first = parts.getFirst().shape();
        int along = first.axis(op, axis);
        int extent = 0;
        for (Var part : parts) {
            if (part.shape().rank() != first.rank() || !part.shape().with(along, 0).equals(first.with(along, 0))) {
                throw new ShapeException("%s: the arrays may differ on axis %d alone, but these are %s", op, along,
                        shapes(parts));
            }
            extent += part.shape().dim(along);
        }
        return first.with(along, extent);
    }

    private static List<Shape> shapes(List<Var> parts) {
        return parts.stream().map(Var::shape).toList();
    }

    /// `y[.., i, ..] = x[.., index[i], ..]`.
    ///
    /// @param index int32 `[n]`
    public static Var indexSelect(Var x, int axis, NDArray index) {
        var spec = new IndexSelectSpec(x.shape().axis("index_select", axis));
        Shape out = spec.outputShape(x.shape(), index.shape());
        var kernels = Op.kernels(spec, x);
        index(spec, x, index);
        NDArray y = Op.result(spec, out, x.value());
        kernels.indexSelect(spec, x.value(), index, y);
        return Var.result(spec, y, new SelectGrad(spec, Saved.of(index)), x);
    }

    record SelectGrad(IndexSelectSpec spec, Saved index) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().indexSelectBackward(spec, dy, index.get(spec.opName()), sink.target(0));
        }
    }

    /// `y[i, j, …] = x[index[i, j, …], j, …]` for axis 0, alike for others.
    ///
    /// @param index int32, with as many axes as `x`, nowhere longer except along `axis`
    public static Var gather(Var x, int axis, NDArray index) {
        var spec = new GatherSpec(x.shape().axis("gather", axis));
        Shape out = spec.outputShape(x.shape(), index.shape());
        var kernels = Op.kernels(spec, x);
        index(spec, x, index);
        NDArray y = Op.result(spec, out, x.value());
        kernels.gather(spec, x.value(), index, y);
        return Var.result(spec, y, new GatherGrad(spec, Saved.of(index)), x);
    }

    record GatherGrad(GatherSpec spec, Saved index) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().gatherBackward(spec, dy, index.get(spec.opName()), sink.target(0));
        }
    }

    /// Rows of the identity matrix, float32: `[…]` labels give `[…, classes]`. Has no gradient.
    public static NDArray oneHot(OneHotSpec spec, NDArray labels) {
        Checks.integers(spec.opName(), "labels", labels.requireLive(spec.opName()));
        NDArray y = NDArray.empty(spec.outputShape(labels.shape()), DType.FLOAT32, labels.device());
        labels.device().kernels().oneHot(spec, labels, y);
        return y;
    }

    /// Padding, or cropping where negative, of the last two axes.
    public static Var pad(PadSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        kernels.pad(spec, x.value(), y);
        return Var.result(spec, y, new PadGrad(spec), x);
    }

    record PadGrad(PadSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().padBackward(spec, dy, sink.target(0));
        }
    }

    /// Nearest or bilinear resampling of the last two axes of `[N, C, H, W]`.
    public static Var resize(ResizeSpec spec, Var x) {
        Shape out = spec.outputShape(x.shape());
        var kernels = Op.kernels(spec, x);
        NDArray y = Op.result(spec, out, x.value());
        kernels.resize(spec, x.value(), y);
        return Var.result(spec, y, new ResizeGrad(spec), x);
    }

    record ResizeGrad(ResizeSpec spec) implements Pullback {
        @Override
        public void pull(NDArray dy, Sink sink) {
            dy.device().kernels().resizeBackward(spec, dy, sink.target(0));
        }
    }

    private static void index(OpSpec spec, Var x, NDArray index) {
        Checks.integers(spec.opName(), "index", index.requireLive(spec.opName()));
        x.value().requireSameDevice(spec.opName(), index);
    }

    private static NDArray live(String op, Var x) {
        return x.value().requireLive(op);
    }

    private static Var view(String op, NDArray y, Pullback pullback, Var x) {
        return Var.result(new MoveSpec(op), y, pullback, x);
    }
}
