package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    /// Image `i` has the pixels `10·i`, `10·i + 1`, …, and the label `i % 3`.
    static ImageDataset counting(int size, int channels, int height, int width) {
        int pixels = channels * height * width;
        byte[] bytes = new byte[size * pixels];
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = i % NAMES.size();
            for (int p = 0; p < pixels; p++) {
                bytes[i * pixels + p] = (byte) (10 * i + p);
            }
        }
        return new ImageDataset(Shape.of(channels, height, width), bytes, labels, NAMES);
    }

    private static byte[] image(Dataset data, int index) {
        byte[] pixels = new byte[(int) data.imageShape().size()];
        data.readImage(index, pixels, 0);
        return pixels;
    }

    @Test
    void subsetsAndRangesAreViewsInTheirOwnOrder() {
        var data = counting(6, 1, 1, 2);
        var some = data.subset(4, 1, 4);
        assertEquals(3, some.size());
        assertEquals(NAMES, some.classNames());
        assertEquals(1, some.label(0));
        assertArrayEquals(new byte[] {40, 41}, image(some, 2));
        assertArrayEquals(new byte[] {10, 11}, image(data.range(1, 4).subset(2, 0), 1));
        var split = data.split(4);
        assertEquals(4, split.first().size());
        assertEquals(2, split.rest().size());
        assertArrayEquals(new byte[] {50, 51}, image(split.rest(), 1));
    }

    @Test
    void placesOutsideAreRefused() {
        var data = counting(6, 1, 1, 2);
        assertThrows(DataException.class, () -> data.range(2, 7));
        assertThrows(DataException.class, () -> data.range(3, 2));
        assertThrows(DataException.class, () -> data.range(-1, 2));
        assertThrows(DataException.class, () -> data.split(7));
        assertThrows(DataException.class, () -> data.subset(0, 6));
        assertThrows(DataException.class, () -> data.subset(-1));
    }

    @Test
    void partsThatDoNotFitTogetherAreRefused() {
        assertThrows(DataException.class, () -> new ImageDataset(Shape.of(2, 2), new byte[4], new int[1], NAMES));
        assertThrows(DataException.class, () -> new ImageDataset(Shape.of(1, 2, 2), new byte[7], new int[2], NAMES));
        var shape = Shape.of(1, 2, 2);
        assertThrows(DataException.class, () -> new ImageDataset(shape, new byte[4], new int[] {3}, NAMES));
        assertThrows(DataException.class, () -> new ImageDataset(shape, new byte[4], new int[] {-1}, NAMES));
    }
}
