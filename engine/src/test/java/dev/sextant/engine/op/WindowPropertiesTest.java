package dev.sextant.engine.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Geometry of sliding windows, counted by hand; and the law that ties a convolution to its gradients.
class WindowPropertiesTest {

    /// How many windows start at 0, stride, 2·stride, … and end inside the padded axis.
    private static int count(int in, int kernel, int stride, int pad, int dilation) {
        int windows = 0;
        for (int start = -pad; start + dilation * (kernel - 1) < in + pad; start += stride) {
            windows++;
        }
        return windows;
    }

    @Property(tries = 1000)
    void theOutputHasOnePixelPerWindowThatFits(@ForAll @IntRange(min = 1, max = 20) int in,
            @ForAll @IntRange(min = 1, max = 7) int kernel, @ForAll @IntRange(min = 1, max = 5) int stride,
            @ForAll @IntRange(max = 4) int pad, @ForAll @IntRange(min = 1, max = 3) int dilation) {
        var spec = new Conv2dSpec(Pair.of(stride, 1), Pair.of(pad, 0), Pair.of(dilation, 1), 1, UnarySpec.IDENTITY);
        Shape x = Shape.of(1, 1, in, 1);
        Shape w = Shape.of(1, 1, kernel, 1);
        int windows = count(in, kernel, stride, pad, dilation);
        if (windows == 0) {
            assertThrows(ShapeException.class, () -> spec.outputShape(x, w));
        } else {
            assertEquals(Shape.of(1, 1, windows, 1), spec.outputShape(x, w));
        }
    }

    @Property
    void ceilModeAddsAWindowOnlyIfItStartsOnTheImage(@ForAll @IntRange(min = 1, max = 20) int in,
            @ForAll @IntRange(min = 1, max = 7) int kernel, @ForAll @IntRange(min = 1, max = 5) int stride,
            @ForAll @IntRange(max = 3) int pad) {
        Assume.that(2 * pad <= kernel && in + 2 * pad >= kernel);
        var floor = new Pool2dSpec(PoolKind.AVG, Pair.of(kernel, 1), Pair.of(stride, 1), Pair.of(pad, 0), Pair.ONE,
                false, true);
        var ceil = new Pool2dSpec(PoolKind.AVG, Pair.of(kernel, 1), Pair.of(stride, 1), Pair.of(pad, 0), Pair.ONE,
                true, true);
        Shape x = Shape.of(1, 1, in, 1);
        int full = count(in, kernel, stride, pad, 1);
        int nextStart = full * stride - pad;
        boolean uncovered = (full - 1) * stride - pad + kernel < in + pad;
        assertEquals(full, floor.outputShape(x).dim(2));
        assertEquals(full + (uncovered && nextStart < in ? 1 : 0), ceil.outputShape(x).dim(2));
    }

    @Property
    void adaptiveWindowsCoverTheAxisWithoutGaps(@ForAll @IntRange(min = 1, max = 40) int in,
            @ForAll @IntRange(min = 1, max = 40) int out) {
        assertEquals(0, AdaptivePool2dSpec.start(0, in, out));
        assertEquals(in, AdaptivePool2dSpec.end(out - 1, in, out));
        for (int i = 0; i < out; i++) {
            int start = AdaptivePool2dSpec.start(i, in, out);
            int end = AdaptivePool2dSpec.end(i, in, out);
            assertEquals(true, start < end, "window " + i + " is empty");
            if (i > 0) {
                assertEquals(true, start <= AdaptivePool2dSpec.end(i - 1, in, out), "gap before window " + i);
            }
        }
    }

    /// A convolution is linear in `x` and in `w`, so `⟨x ⋆ w, dz⟩ = ⟨x, dx⟩ = ⟨w, dw⟩`.
    @Property(tries = 150)
    void theGradientsAreTheAdjoints(@ForAll long seed) {
        var random = new Random(seed);
        int groups = 1 + random.nextInt(3);
        Shape x = Shape.of(1 + random.nextInt(2), groups * (1 + random.nextInt(3)), 1 + random.nextInt(8),
                1 + random.nextInt(8));
        Shape w = Shape.of(groups * (1 + random.nextInt(3)), x.dim(1) / groups, 1 + random.nextInt(4),
                1 + random.nextInt(4));
        var spec = new Conv2dSpec(Pair.of(1 + random.nextInt(3), 1 + random.nextInt(3)),
                Pair.of(random.nextInt(3), random.nextInt(3)), Pair.of(1 + random.nextInt(2), 1 + random.nextInt(2)),
                groups, UnarySpec.IDENTITY);
        Assume.that(count(x.dim(2), w.dim(2), spec.stride().h(), spec.pad().h(), spec.dilation().h()) > 0
                && count(x.dim(3), w.dim(3), spec.stride().w(), spec.pad().w(), spec.dilation().w()) > 0);
        var kernels = Device.ref().kernels();
        NDArray xs = numbers(x, random);
        NDArray ws = numbers(w, random);
        NDArray y = NDArray.empty(spec.outputShape(x, w), DType.FLOAT64, Device.ref());
        NDArray dz = numbers(y.shape(), random);
        NDArray dx = NDArray.empty(x, DType.FLOAT64, Device.ref());
        NDArray dw = NDArray.empty(w, DType.FLOAT64, Device.ref());
        kernels.conv2d(spec, xs, ws, null, y);
        kernels.conv2dBackwardData(spec, dz, ws, Target.set(dx));
        kernels.conv2dBackwardFilter(spec, dz, xs, Target.set(dw));
        double expected = dot(y, dz);
        double tolerance = 1e-12 * Math.max(1, Math.sqrt(dot(y, y) * dot(dz, dz)));
        assertEquals(expected, dot(xs, dx), tolerance);
        assertEquals(expected, dot(ws, dw), tolerance);
    }

    /// Every output of a max pool hands its whole gradient to one input; an average without padding spreads all of it.
    @Property(tries = 150)
    void poolingKeepsTheTotalOfTheGradient(@ForAll long seed) {
        var random = new Random(seed);
        int kernel = 1 + random.nextInt(3);
        int pad = random.nextInt(kernel / 2 + 1);
        PoolKind kind = random.nextBoolean() ? PoolKind.MAX : PoolKind.AVG;
        var spec = new Pool2dSpec(kind, Pair.of(kernel), Pair.of(1 + random.nextInt(3)), Pair.of(pad), Pair.ONE,
                random.nextBoolean(), false);
        Shape x = Shape.of(1 + random.nextInt(2), 1 + random.nextInt(3), 3 + random.nextInt(6),
                3 + random.nextInt(6));
        NDArray xs = numbers(x, random);
        NDArray dy = numbers(spec.outputShape(x), random);
        NDArray dx = NDArray.empty(x, DType.FLOAT64, Device.ref());
        Device.ref().kernels().pool2dBackward(spec, dy, kind == PoolKind.MAX ? xs : null, null, null, Target.set(dx));
        assertEquals(Arrays.stream(dy.toDoubles()).sum(), Arrays.stream(dx.toDoubles()).sum(), 1e-11);
    }

    private static NDArray numbers(Shape shape, Random random) {
        double[] values = random.doubles(shape.size(), -1, 1).toArray();
        return NDArray.of(values, shape, Device.ref());
    }

    private static double dot(NDArray a, NDArray b) {
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }
}
