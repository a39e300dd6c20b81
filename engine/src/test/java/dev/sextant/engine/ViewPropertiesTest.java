package dev.sextant.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Any chain of views shows what the same chain shows on a model that copies: a list of numbers with coordinates.
class ViewPropertiesTest {

    /// Row-major numbers of a shape; every operation builds a new list from coordinates, strides play no part.
    private record Model(int[] dims, float[] values) {
        static Model of(int[] dims) {
            int n = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = i;
            }
            return new Model(dims, values);
        }

        /// A model of the given shape whose element at some coordinates is this model's at mapped coordinates.
        Model map(int[] shape, java.util.function.UnaryOperator<int[]> toSource) {
            int n = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] out = new float[n];
            int[] at = new int[shape.length];
            for (int i = 0; i < n; i++) {
                int[] source = toSource.apply(at.clone());
                int flat = 0;
                for (int axis = 0; axis < dims.length; axis++) {
                    flat = flat * dims[axis] + source[axis];
                }
                out[i] = values[flat];
                for (int axis = shape.length - 1; axis >= 0 && ++at[axis] == shape[axis]; axis--) {
                    at[axis] = 0;
                }
            }
            return new Model(shape, out);
        }
    }

    @Provide
    Arbitrary<int[]> dims() {
        return Arbitraries.integers().between(1, 5).array(int[].class).ofMinSize(1).ofMaxSize(4);
    }

    @Property
    void chainsOfViewsShowWhatCopiesShow(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        Model model = Model.of(dims);
        NDArray array = NDArray.of(model.values, Shape.of(dims), Device.ref());
        for (int step = 0; step < 5; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    int[] axes = shuffled(array.rank(), random);
                    Model before = model;
                    int[] shape = Arrays.stream(axes).map(a -> before.dims[a]).toArray();
                    model = model.map(shape, at -> {
                        int[] source = new int[at.length];
                        for (int i = 0; i < at.length; i++) {
                            source[axes[i]] = at[i];
                        }
                        return source;
                    });
                    array = array.permute(axes);
                }
                case 1 -> {
                    int axis = random.nextInt(array.rank());
                    int start = random.nextInt(array.dim(axis));
                    int end = start + 1 + random.nextInt(array.dim(axis) - start);
                    int stride = 1 + random.nextInt(3);
                    int[] shape = model.dims.clone();
                    shape[axis] = (end - start + stride - 1) / stride;
                    model = model.map(shape, at -> {
                        at[axis] = start + at[axis] * stride;
                        return at;
                    });
                    array = array.slice(axis, start, end, stride);
                }
                case 2 -> {
                    int[] shape = {-1, random.nextBoolean() ? 1 : array.dim(-1)};
                    model = new Model(array.reshape(shape).shape().dims(), model.values);
                    array = array.reshape(shape);
                }
                default -> {
                    int axis = random.nextInt(array.rank() + 1);
                    int[] shape = new int[array.rank() + 1];
                    for (int i = 0; i < shape.length; i++) {
                        shape[i] = i < axis ? model.dims[i] : i == axis ? 1 : model.dims[i - 1];
                    }
                    model = new Model(shape, model.values);
                    array = array.unsqueeze(axis);
                }
            }
            assertEquals(Shape.of(model.dims), array.shape());
            assertArrayEquals(model.values, array.toFloats());
        }
    }

    @Property
    void writingThroughAViewChangesThoseElementsAlone(@ForAll("dims") int[] dims, @ForAll long seed) {
        var random = new Random(seed);
        float[] before = Model.of(dims).values;
        NDArray array = NDArray.of(before, Shape.of(dims), Device.ref());
        int axis = random.nextInt(dims.length);
        int start = random.nextInt(dims[axis]);
        int length = 1 + random.nextInt(dims[axis] - start);
        NDArray view = array.narrow(axis, start, length);
        assertSame(array.storage(), view.storage());
        view.fill(-1);
        int inner = 1;
        for (int i = axis + 1; i < dims.length; i++) {
            inner *= dims[i];
        }
        float[] after = array.toFloats();
        for (int i = 0; i < after.length; i++) {
            int at = i / inner % dims[axis];
            assertEquals(at >= start && at < start + length ? -1 : before[i], after[i]);
        }
    }

    private static int[] shuffled(int n, Random random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
