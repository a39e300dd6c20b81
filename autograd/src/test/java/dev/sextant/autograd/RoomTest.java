package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.trace.OpEvent;
import dev.sextant.engine.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Joining in place gives the bits that joining by copies gives, both ways.
class RoomTest {
    private static final int IMAGES = 3;
    private static final int SIZE = 9;

    private static Var leaf(long seed, int... dims) {
        var random = new SplittableRandom(seed);
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Var.leaf(NDArray.of(values, shape, Device.standard()));
    }

    private static Var conv(Var x, Var w, boolean relu, NDArray place) {
        Conv2dSpec spec = Conv2dSpec.of(1, w.shape().dim(2) / 2);
        return Convolution.conv2d(relu ? spec.with(UnarySpec.RELU) : spec, x, w, null, place);
    }

    private static Var norm(Var x) {
        int c = x.shape().dim(1);
        return Normalization.batchNorm(new BatchNormSpec(1e-5, 0.1, true, UnarySpec.RELU), x, leaf(50, c), leaf(51, c),
                leaf(52, c).value(), leaf(53, c).value());
    }

    /// The result, and the gradients of what it was computed from.
    private static List<float[]> outcome(Var y, Var... leaves) {
        List<float[]> all = new ArrayList<>();
        all.add(y.value().toFloats());
        y.backward(leaf(99, y.shape().dims()).value());
        for (Var leaf : leaves) {
            all.add(leaf.grad().toFloats());
        }
        return all;
    }

    private static void same(List<float[]> expected, List<float[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "result, or gradient " + i);
        }
    }

    private static long copies(Runnable body) {
        List<OpEvent> events = new ArrayList<>();
        try (var _ = Trace.listen(events::add)) {
            body.run();
        }
        return events.stream().filter(e -> e.kernel().startsWith("copy")).count();
    }

    /// Branches over one input, as in an inception block; channels of each, and those of them that get a place.
    private static List<float[]> branches(boolean room, boolean relu, int a, int b, int c) {
        Var in = leaf(1, IMAGES, 16, SIZE, SIZE);
        Var wIn = leaf(2, 32, 16, 3, 3);
        Var wa = leaf(3, a, 32, 1, 1);
        Var wb = leaf(4, b, 32, 3, 3);
        Var wc = leaf(5, c, 32, 5, 5);
        Var x = conv(in, wIn, true, null);
        Var y;
        if (room) {
            Room r = Room.over(x, a + b + c);
            y = r.join(conv(x, wa, relu, r.next(a)), conv(x, wb, relu, r.next(b)), conv(x, wc, relu, r.next(c)));
        } else {
            y = Shaping.concat(1, List.of(conv(x, wa, relu, null), conv(x, wb, relu, null), conv(x, wc, relu, null)));
        }
        return outcome(norm(y), in, wIn, wa, wb, wc);
    }

    @ParameterizedTest
    @CsvSource({"16,16,32", "16,32,16", "24,16,16", "16,24,16", "16,16,24", "3,16,1", "16,16,16"})
    void branchesSideBySide(int a, int b, int c) {
        same(branches(false, true, a, b, c), branches(true, true, a, b, c));
        same(branches(false, false, a, b, c), branches(true, false, a, b, c));
    }

    /// Every layer reads all that came before it, as in a dense block.
    private static List<float[]> dense(boolean inPlace, int channels, int growth) {
        Var in = leaf(1, IMAGES, 16, SIZE, SIZE);
        Var wIn = leaf(2, channels, 16, 3, 3);
        Var[] w = new Var[3];
        Var x = conv(in, wIn, false, null);
        Room room = Room.behind(x, w.length * growth);
        for (int i = 0; i < w.length; i++) {
            w[i] = leaf(10 + i, growth, channels + i * growth, 3, 3);
            Var y = conv(norm(x), w[i], false, inPlace ? room.next(growth) : null);
            x = inPlace ? room.join(x, y) : Shaping.concat(1, List.of(x, y));
        }
        return outcome(norm(x), in, wIn, w[0], w[1], w[2]);
    }

    @ParameterizedTest
    @CsvSource({"16,16", "32,16", "24,16", "16,24", "64,32"})
    void aDenseBlock(int channels, int growth) {
        same(dense(false, channels, growth), dense(true, channels, growth));
    }

    @Test
    void whatLiesInPlaceIsNotCopied() {
        Var x = conv(Var.of(leaf(1, IMAGES, 16, SIZE, SIZE).value()), leaf(2, 64, 16, 3, 3), true, null);
        assumeTrue(x.value().isBlocked(), "no vectors on this machine");
        Var w = leaf(3, 32, 64, 1, 1);
        Room side = Room.over(x, 64);
        assertEquals(0, copies(() -> side.join(conv(x, w, true, side.next(32)), conv(x, w, true, side.next(32)))));
        Room behind = Room.behind(x, 64);
        Var[] joined = new Var[2];
        assertEquals(1, copies(() -> joined[0] = behind.join(x, conv(x, w, true, behind.next(32)))),
                "x moves into the room once");
        Var w2 = leaf(4, 32, 96, 1, 1);
        assertEquals(0, copies(() -> joined[1] = behind.join(joined[0], conv(joined[0], w2, true, behind.next(32)))));
        Var y = norm(joined[1]);
        NDArray dy = leaf(5, y.shape().dims()).value();
        assertEquals(0, copies(() -> y.backward(dy)), "gradients of parts are parts of the gradient");
    }

    @Test
    void placesAreGivenOutOnceAndWithinTheRoom() {
        Var x = conv(leaf(1, IMAGES, 16, SIZE, SIZE), leaf(2, 32, 16, 3, 3), true, null);
        assumeTrue(x.value().isBlocked(), "no vectors on this machine");
        Room room = Room.over(x, 48);
        NDArray first = room.next(16);
        NDArray second = room.next(32);
        assertNotEquals(first.layout(), second.layout());
        assertNull(room.next(16), "the room is full");
        assertNull(Room.over(x, 40).next(20), "not whole blocks");
        assertNull(Room.over(leaf(1, 2, 16, 4, 4), 32).next(16), "row-major arrays are copied");
    }

    /// A part that somebody else reads too gets both gradients.
    @Test
    void aPartWithTwoReaders() {
        List<List<float[]>> ways = new ArrayList<>();
        for (boolean room : new boolean[] {false, true}) {
            try (var _ = Scope.open()) {
                Var in = leaf(1, IMAGES, 16, SIZE, SIZE);
                Var w = leaf(2, 16, 16, 3, 3);
                Var x = conv(in, leaf(3, 16, 16, 1, 1), false, null);
                Room r = Room.over(x, 32);
                Var a = conv(x, w, true, room ? r.next(16) : null);
                Var b = conv(a, w, true, room ? r.next(16) : null);
                Var y = room ? r.join(a, b) : Shaping.concat(1, List.of(a, b));
                Var z = norm(y);
                Var again = norm(Shaping.concat(1, List.of(a, x)));
                ways.add(outcome(Arithmetic.add(z, again), in, w));
            }
        }
        same(ways.get(0), ways.get(1));
        assertTrue(ways.getFirst().getFirst().length > 0);
    }
}
