package dev.sextant.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.spi.Write;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Views of arrays in the CPU's blocked layout show what the same views of a row-major array show.
class BlockedViewsTest {

    /// Row-major numbers, and the same numbers blocked.
    private record Pair(NDArray plain, NDArray blocked) {
        static Pair of(Shape shape, int lanes, int halo) {
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = i + 1;
            }
            NDArray plain = NDArray.of(values, shape, Device.standard());
            NDArray blocked = NDArray.empty(shape, DType.FLOAT32, Layout.Blocked.of(shape, lanes, halo),
                    Device.standard());
            Device.standard().kernels().copy(plain, blocked, Write.SET);
            return new Pair(plain, blocked);
        }
    }

    private static Shape shape(int n, int c, int h, int w) {
        return Shape.of(n, c, h, w);
    }

    @Property(tries = 200)
    void everyViewShowsTheSameElements(@ForAll @IntRange(min = 1, max = 4) int n,
            @ForAll @IntRange(min = 1, max = 35) int c, @ForAll @IntRange(min = 1, max = 4) int h,
            @ForAll @IntRange(min = 1, max = 4) int w, @ForAll @IntRange(max = 1) int halo, @ForAll long seed) {
        var random = new Random(seed);
        Pair x = Pair.of(shape(n, c, h, w), random.nextBoolean() ? 16 : 8, halo);
        int axis = random.nextInt(4);
        int start = random.nextInt(x.plain.dim(axis));
        int end = start + 1 + random.nextInt(x.plain.dim(axis) - start);
        int step = 1 + random.nextInt(2);
        assertArrayEquals(x.plain.slice(axis, start, end, step).toFloats(),
                x.blocked.slice(axis, start, end, step).toFloats(), "slice");
        assertArrayEquals(x.plain.permute(2, 0, 3, 1).toFloats(), x.blocked.permute(2, 0, 3, 1).toFloats(), "permute");
        assertArrayEquals(x.plain.toFloats(), x.blocked.reshape(-1).toFloats(), "reshape");
        assertArrayEquals(x.plain.toFloats(), x.blocked.unsqueeze(1).toFloats(), "unsqueeze");
        assertArrayEquals(x.plain.toFloats(), x.blocked.copy().toFloats(), "copy");
        Shape wide = Shape.of(2, n, c, h, w);
        assertArrayEquals(x.plain.expand(wide).toFloats(), x.blocked.expand(wide).toFloats(), "expand");
        // Views of views.
        NDArray plainPart = x.plain.narrow(0, n - 1, 1).slice(axis == 0 ? 1 : axis, 0, 1, 1);
        NDArray blockedPart = x.blocked.narrow(0, n - 1, 1).slice(axis == 0 ? 1 : axis, 0, 1, 1);
        assertArrayEquals(plainPart.toFloats(), blockedPart.toFloats(), "narrow, then slice");
    }

    @Property(tries = 100)
    void rangesOfImagesAndWholeBlocksShareMemory(@ForAll @IntRange(min = 2, max = 5) int n,
            @ForAll @IntRange(min = 1, max = 3) int blocks, @ForAll @IntRange(min = 1, max = 16) int rest) {
        int c = (blocks - 1) * 16 + rest;
        Pair x = Pair.of(shape(n, c, 2, 3), 16, 0);
        NDArray images = x.blocked.narrow(0, 1, n - 1);
        assertTrue(images.isBlocked());
        assertSame(x.blocked.storage(), images.storage(), "a range of images is a view");
        NDArray last = x.blocked.narrow(1, (blocks - 1) * 16, rest);
        assertTrue(last.isBlocked());
        assertSame(x.blocked.storage(), last.storage(), "whole blocks of channels are a view");
        NDArray rows = x.blocked.narrow(2, 0, 1);
        assertFalse(rows.isBlocked());
        assertNotSame(x.blocked.storage(), rows.storage(), "rows are a copy");

        images.fill(-1);
        x.plain.narrow(0, 1, n - 1).fill(-1);
        assertArrayEquals(x.plain.toFloats(), x.blocked.toFloats(), "writing through the view");
        last.fill(7);
        x.plain.narrow(1, (blocks - 1) * 16, rest).fill(7);
        assertArrayEquals(x.plain.toFloats(), x.blocked.toFloats());
    }

    @Property(tries = 50)
    void theRememberedCopyIsDroppedAfterAWrite(@ForAll @IntRange(min = 1, max = 20) int c) {
        Pair x = Pair.of(shape(2, c, 3, 2), 16, 0);
        NDArray first = x.blocked.plain();
        assertSame(first, x.blocked.plain(), "remembered while nothing is written");
        x.blocked.fill(5);
        assertNotSame(first, x.blocked.plain());
        assertEquals(5, x.blocked.narrow(3, 1, 1).toFloats()[0]);
        x.blocked.set(x.plain);
        assertArrayEquals(x.plain.toFloats(), x.blocked.toFloats());
        x.blocked.narrow(0, 1, 1).fill(9);
        x.plain.narrow(0, 1, 1).fill(9);
        assertArrayEquals(x.plain.toFloats(), x.blocked.reshape(-1).toFloats(), "written through a view of it");
        NDArray kept;
        try (var _ = Scope.open("step")) {
            kept = x.blocked.plain();
        }
        assertNotSame(kept, x.blocked.plain(), "a copy that died with its scope is not handed out");
        assertArrayEquals(x.plain.toFloats(), x.blocked.plain().toFloats());
    }

    @Property(tries = 60)
    void hostValuesGoToTheirPlaceInAnyLayout(@ForAll @IntRange(min = 1, max = 20) int c) {
        Pair x = Pair.of(shape(2, c, 3, 2), 16, 1);
        float[] values = new float[(int) x.plain.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = -i;
        }
        x.blocked.set(values);
        assertArrayEquals(values, x.blocked.toFloats());
        var wrong = assertThrows(DTypeException.class, () -> x.plain.set(new int[values.length]));
        assertTrue(wrong.getMessage().contains("float[]") && wrong.getMessage().contains("int[]"), wrong.getMessage());
        NDArray turned = NDArray.zeros(shape(c, 2, 3, 2), DType.FLOAT32, Device.standard()).permute(1, 0, 2, 3);
        turned.set(values);
        assertArrayEquals(values, turned.toFloats());
    }
}
