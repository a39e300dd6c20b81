package dev.sextant.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Laws of broadcasting, and of its gradient.
class BroadcastPropertiesTest {

    @Provide
    Arbitrary<int[]> dims() {
        return Arbitraries.integers().between(1, 4).array(int[].class).ofMinSize(0).ofMaxSize(4);
    }

    /// The shape with some extents set to 1 and some leading axes dropped: it broadcasts to the original.
    private static Shape thinned(int[] dims, Random random) {
        int drop = random.nextInt(dims.length + 1);
        return Shape.of(Arrays.stream(dims, drop, dims.length).map(d -> random.nextInt(3) == 0 ? 1 : d).toArray());
    }

    private static NDArray whole(Shape shape, Random random) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-9, 10);
        }
        return NDArray.of(values, shape, Device.ref());
    }

    @Property
    void theCommonShapeIsTheSameEitherWayAndHoldsBoth(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        Shape a = thinned(dims, random);
        Shape b = thinned(dims, random);
        Shape common = Shape.broadcast("test", a, b);
        assertEquals(common, Shape.broadcast("test", b, a));
        assertEquals(common, Shape.broadcast("test", common, a));
        assertEquals(common, Shape.broadcast("test", common, b));
    }

    @Property
    void differentExtentsAboveOneDoNotMeet(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        int[] a = Arrays.copyOf(dims, dims.length + 1);
        int[] b = a.clone();
        a[dims.length] = 2 + random.nextInt(3);
        b[dims.length] = a[dims.length] + 1;
        assertThrows(ShapeException.class, () -> Shape.broadcast("test", Shape.of(a), Shape.of(b)));
    }

    @Property
    void anElementMeetsTheOneWithItsCoordinates(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        NDArray a = whole(thinned(dims, random), random);
        NDArray b = whole(thinned(dims, random), random);
        Shape common = Shape.broadcast("test", a.shape(), b.shape());
        NDArray y = NDArray.empty(common, DType.FLOAT32, Device.ref());
        Device.ref().kernels().binary(BinarySpec.SUB, a, b, y);
        float[] expected = new float[(int) common.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = at(a, common, i) - at(b, common, i);
        }
        assertArrayEquals(expected, y.toFloats());
    }

    /// Whole numbers add without rounding, so the sums are exactly equal.
    @Property
    void theGradientOfASumKeepsItsTotal(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        NDArray a = whole(thinned(dims, random), random);
        NDArray b = whole(thinned(dims, random), random);
        NDArray dy = whole(Shape.broadcast("test", a.shape(), b.shape()), random);
        NDArray da = NDArray.full(a.shape(), Double.NaN, DType.FLOAT32, Device.ref());
        NDArray db = NDArray.full(b.shape(), 1, DType.FLOAT32, Device.ref());
        Device.ref().kernels().binaryBackward(BinarySpec.SUB, a, b, dy, Target.set(da), Target.add(db));
        assertEquals(total(dy), total(da));
        assertEquals(-total(dy) + b.size(), total(db));
    }

    private static double total(NDArray x) {
        return Arrays.stream(x.toDoubles()).sum();
    }

    /// The element of `x` that stands at flat index `i` of the broadcast shape, found by coordinates.
    private static float at(NDArray x, Shape common, int i) {
        int rest = i;
        int flat = 0;
        int step = 1;
        for (int fromEnd = 1; fromEnd <= common.rank(); fromEnd++) {
            int coordinate = rest % common.dim(-fromEnd);
            rest /= common.dim(-fromEnd);
            if (fromEnd <= x.rank()) {
                flat += (x.dim(-fromEnd) == 1 ? 0 : coordinate) * step;
                step *= x.dim(-fromEnd);
            }
        }
        return x.toFloats()[flat];
    }
}
