package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.SplittableRandom;

/// One comparison of a device with the oracle: makes the same numbers on both, and compares what comes out.
public final class Rig {
    /// Differences allowed for sums of products, as a share of the largest expected value: 64 units in the last place.
    public static final double CLOSE = 0x1p-18;

    private static final ThreadLocal<Witness> WITNESS = new ThreadLocal<>();

    private final Device device;
    private final SplittableRandom random;

    /// Hears of every comparison, also of those that pass.
    public interface Witness {
        /// @param worst   the largest difference; infinite where one side alone is NaN
        /// @param allowed the largest difference allowed
        void compared(double worst, double allowed);
    }

    /// Tells a witness of every comparison on this thread from now on; null: nobody.
    public static void tell(Witness witness) {
        WITNESS.set(witness);
    }

    /// @param seed makes the numbers; a failing case is repeated with its seed
    public Rig(Device device, long seed) {
        this.device = device;
        this.random = new SplittableRandom(seed);
    }

    /// The same numbers twice.
    ///
    /// @param ref  dense, on the oracle
    /// @param mine on the device under test, in some form
    public record Twin(NDArray ref, NDArray mine) {
        /// The array, or null for an absent twin.
        static NDArray ref(Twin twin) {
            return twin == null ? null : twin.ref;
        }

        /// The array, or null for an absent twin.
        static NDArray mine(Twin twin) {
            return twin == null ? null : twin.mine;
        }
    }

    /// The kernels of the oracle.
    public Kernels ref() {
        return Device.ref().kernels();
    }

    /// The kernels under test.
    public Kernels mine() {
        return device.kernels();
    }

    /// A number in `0 … bound−1`.
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /// A number in `low … high`.
    public int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    /// One of the given values.
    @SafeVarargs
    public final <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }

    /// Numbers in −2 … 2.
    public Twin numbers(Shape shape, Form form) {
        return numbers(shape, -2, 2, form);
    }

    /// Numbers in a range.
    public Twin numbers(Shape shape, double low, double high, Form form) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return twin(values, shape, form);
    }

    /// Few different numbers, so that there are many ties.
    public Twin ties(Shape shape, Form form) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-1, 2);
        }
        return twin(values, shape, form);
    }

    /// The given numbers.
    public Twin twin(float[] values, Shape shape, Form form) {
        return new Twin(NDArray.of(values, shape, Device.ref()), form.of(NDArray.of(values, shape, device)));
    }

    /// Integers in `0 … bound−1`.
    public Twin integers(Shape shape, int bound) {
        int[] values = new int[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(bound);
        }
        return new Twin(NDArray.of(values, shape, Device.ref()), NDArray.of(values, shape, device));
    }

    /// Arrays for the result of an operation, the device's in the layout it asks for; full of NaN.
    public Twin result(OpSpec spec, Shape shape, NDArray... myInputs) {
        var layout = device.backend().layoutFor(spec, shape, myInputs);
        NDArray mine = NDArray.empty(shape, DType.FLOAT32, layout, device);
        device.kernels().fill(Double.NaN, mine);
        return new Twin(NDArray.full(shape, Double.NaN, DType.FLOAT32, Device.ref()), mine);
    }

    /// int32 arrays for positions, full of −7.
    public Twin positions(Shape shape) {
        return new Twin(NDArray.full(shape, -7, DType.INT32, Device.ref()),
                NDArray.full(shape, -7, DType.INT32, device));
    }

    /// Arrays for the gradient of an input, the device's in that input's kind of layout. To be set: full of NaN; to be
    /// added to: random numbers.
    public Twin gradient(Twin input, Write write) {
        Shape shape = input.mine.shape();
        Layout layout = input.mine.layout() instanceof Layout.Blocked b ? Layout.Blocked.of(shape, b.lanes(), b.halo())
                : Layout.Strided.of(shape);
        Twin base = numbers(shape, Form.DENSE);
        NDArray mine = NDArray.empty(shape, DType.FLOAT32, layout, device);
        if (write == Write.SET) {
            base.ref.fill(Double.NaN);
            device.kernels().fill(Double.NaN, mine);
        } else {
            device.kernels().copy(base.mine, mine, Write.SET);
        }
        return new Twin(base.ref, mine);
    }

    /// The oracle's side of a gradient.
    public static Target ref(Twin gradient, Write write) {
        return gradient == null ? null : new Target(gradient.ref, write);
    }

    /// The device's side of a gradient.
    public static Target mine(Twin gradient, Write write) {
        return gradient == null ? null : new Target(gradient.mine, write);
    }

    /// Both sides agree up to rounding, relative to the largest expected value.
    public void close(String what, Twin twin) {
        close(what, twin, CLOSE);
    }

    /// Both sides agree up to `share` of the largest expected value.
    public void close(String what, Twin twin, double share) {
        double[] expected = twin.ref.toDoubles();
        double largest = 0;
        for (double e : expected) {
            largest = Double.isFinite(e) ? Math.max(largest, Math.abs(e)) : largest;
        }
        compare(what, twin, expected, share * largest);
    }

    /// Both sides are equal (−0 equals 0).
    public void equal(String what, Twin twin) {
        compare(what, twin, twin.ref.toDoubles(), 0);
    }

    private void compare(String what, Twin twin, double[] expected, double tolerance) {
        assertEquals(twin.ref.shape(), twin.mine.shape(), what);
        double[] actual = twin.mine.toDoubles();
        int worst = -1;
        double worstBy = 0;
        for (int i = 0; i < expected.length; i++) {
            boolean same = expected[i] == actual[i] || Double.isNaN(expected[i]) && Double.isNaN(actual[i]);
            double by = same ? 0 : Math.abs(expected[i] - actual[i]);
            by = Double.isNaN(by) ? Double.POSITIVE_INFINITY : by;
            if (by > worstBy) {
                worst = i;
                worstBy = by;
            }
        }
        if (WITNESS.get() != null) {
            WITNESS.get().compared(worstBy, tolerance);
        }
        if (worstBy > tolerance) {
            fail(String.format(java.util.Locale.ROOT, "%s %s on %s: element %d is %.9g, the oracle has %.9g; allowed "
                    + "is a difference of %.3g", what, twin.mine, device, worst, actual[worst], expected[worst],
                    tolerance));
        }
        paddingIsZero(what, twin.mine);
    }

    /// The lanes beyond the last channel and the halo of a blocked array hold zeros.
    private static void paddingIsZero(String what, NDArray x) {
        if (!(x.layout() instanceof Layout.Blocked b) || !(x.storage() instanceof HostStorage)) {
            return;
        }
        float[] floats = HostStorage.floats(x);
        int base = HostStorage.start(x) - b.offset();
        Shape s = x.shape();
        for (int n = 0; n < s.dim(0); n++) {
            for (int block = 0; block < Layout.Blocked.blocks(s.dim(1), b.lanes()); block++) {
                for (int h = -b.halo(); h < s.dim(2) + b.halo(); h++) {
                    for (int w = -b.halo(); w < s.dim(3) + b.halo(); w++) {
                        boolean inHalo = h < 0 || h >= s.dim(2) || w < 0 || w >= s.dim(3);
                        for (int lane = 0; lane < b.lanes(); lane++) {
                            boolean padded = block * b.lanes() + lane >= s.dim(1);
                            float v = floats[base + b.index(s, n, block, h, w) + lane];
                            if ((inHalo || padded) && v != 0) {
                                fail(what + " " + x + ": " + (inHalo ? "halo" : "padded lane") + " at image " + n
                                        + ", block " + block + ", row " + h + ", column " + w + ", lane " + lane
                                        + " must be 0 but is " + v);
                            }
                        }
                    }
                }
            }
        }
    }
}
