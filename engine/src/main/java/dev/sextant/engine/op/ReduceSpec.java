package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.Arrays;
import java.util.Locale;

/// A reduction over some axes.
///
/// @param kind     what is computed
/// @param axes     the axes, sorted and distinct, as [#of] makes them
/// @param keepDims whether reduced axes stay, with extent 1
/// @param unbiased for variance and deviation: divide by `n − 1`
public record ReduceSpec(Kind kind, AxisSet axes, boolean keepDims, boolean unbiased) implements OpSpec {

    /// The reductions. MAX and MIN give the whole gradient to the first winner; AMAX and AMIN share it evenly among
    /// ties. ARGMAX and ARGMIN give int32 positions (along the one axis, or flat).
    public enum Kind {
        SUM, MEAN, MAX, MIN, AMAX, AMIN, ARGMAX, ARGMIN, PROD, VAR, STD, NORM2, LOGSUMEXP
    }

    /// A set of axes with value equality.
    public record AxisSet(java.util.List<Integer> list) {
        public AxisSet {
            list = java.util.List.copyOf(list);
        }

        /// Whether the axis is in the set.
        public boolean contains(int axis) {
            return list.contains(axis);
        }
    }

    /// Normalises the axes against the shape they will be used on; no axes means all.
    public static ReduceSpec of(Kind kind, Shape x, boolean keepDims, int... axes) {
        return of(kind, x, keepDims, false, axes);
    }

    /// As above, with the divisor of variance and deviation.
    public static ReduceSpec of(Kind kind, Shape x, boolean keepDims, boolean unbiased, int... axes) {
        int[] all = new int[x.rank()];
        Arrays.setAll(all, i -> i);
        int[] chosen = axes.length == 0 ? all : Arrays.stream(axes).map(a -> x.axis(name(kind), a)).sorted().toArray();
        for (int i = 1; i < chosen.length; i++) {
            if (chosen[i] == chosen[i - 1]) {
                throw new ShapeException("%s: axis %d of x %s stands twice in %s; name each axis once", name(kind),
                        chosen[i], x, Arrays.toString(axes));
            }
        }
        return new ReduceSpec(kind, new AxisSet(Arrays.stream(chosen).boxed().toList()), keepDims, unbiased);
    }

    /// Shape of the result.
    public Shape outputShape(Shape x) {
        return Shape.of(java.util.stream.IntStream.range(0, x.rank())
                .filter(i -> keepDims || !axes.contains(i))
                .map(i -> axes.contains(i) ? 1 : x.dim(i)).toArray());
    }

    /// Shape of the result with the reduced axes kept as extent 1.
    public Shape keptShape(Shape x) {
        return new ReduceSpec(kind, axes, true, unbiased).outputShape(x);
    }

    @Override
    public String opName() {
        return name(kind);
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
