package dev.sextant.zoo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.Dataset;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyntheticShapesTest {
    private static byte[] image(Dataset data, int index) {
        byte[] pixels = new byte[(int) data.imageShape().size()];
        data.readImage(index, pixels, 0);
        return pixels;
    }

    @Test
    void sameSeedSameBytes() {
        var one = SyntheticShapes.generate(40, 20, 28, 3);
        var same = SyntheticShapes.generate(40, 20, 28, 3);
        var other = SyntheticShapes.generate(40, 20, 28, 4);
        assertEquals(one.sha256(), same.sha256());
        assertNotEquals(one.sha256(), other.sha256());
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(image(one.train(), i), image(same.train(), i));
        }
        // An image depends on the seed and its number alone: a smaller set is the beginning of a larger one.
        assertArrayEquals(image(one.train(), 39), image(SyntheticShapes.generate(60, 0, 28, 3).train(), 39));
        assertFalse(Arrays.equals(image(one.train(), 0), image(one.train(), 10)), "two discs alike");
        assertFalse(Arrays.equals(image(one.train(), 0), image(one.test(), 0)), "a test image equals a train image");
    }

    @Test
    void sizesAndClassesAreAsAsked() {
        var data = SyntheticShapes.generate(50, 30, 12, 1);
        assertEquals(50, data.train().size());
        assertEquals(30, data.test().size());
        assertEquals(Shape.of(1, 12, 12), data.train().imageShape());
        int[] perClass = new int[10];
        for (int i = 0; i < 50; i++) {
            perClass[data.train().label(i)]++;
        }
        assertArrayEquals(new int[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, perClass);
        assertEquals(10, SyntheticShapes.CLASSES.size());
        assertThrows(DataException.class, () -> SyntheticShapes.generate(-1, 0, 28, 1));
        assertThrows(DataException.class, () -> SyntheticShapes.generate(1, 0, 7, 1));
    }

    /// The classes can be told apart by what is in the pixels: the nearest of the training images decides.
    @Test
    void theNearestNeighbourKnowsTheClass() {
        var data = SyntheticShapes.generate(2000, 200, 28, 1);
        byte[][] known = new byte[2000][];
        for (int i = 0; i < known.length; i++) {
            known[i] = image(data.train(), i);
        }
        int right = 0;
        for (int i = 0; i < 200; i++) {
            byte[] wanted = image(data.test(), i);
            int nearest = 0;
            long least = Long.MAX_VALUE;
            for (int k = 0; k < known.length; k++) {
                long distance = distance(wanted, known[k]);
                if (distance < least) {
                    least = distance;
                    nearest = k;
                }
            }
            right += data.train().label(nearest) == data.test().label(i) ? 1 : 0;
        }
        assertTrue(right > 140, right + " of 200 right");
    }

    private static long distance(byte[] a, byte[] b) {
        int sum = 0;
        for (int p = 0; p < a.length; p++) {
            int difference = (a[p] & 0xFF) - (b[p] & 0xFF);
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void theOptionSyntheticNeedsNothingFromTheMachine() {
        var nothing = new DataEnvironment(Map.of(), Path.of("/nowhere"), (folder, limit, command) -> {
            throw new AssertionError("ran " + command);
        }, URI.create("http://nowhere.invalid"), line -> {
            throw new AssertionError("said " + line);
        });
        var data = DataSets.open(Optional.of("synthetic"), 28, nothing);
        assertEquals("synthetic", data.name());
        assertEquals(60_000, data.train().size());
        assertEquals(10_000, data.test().size());
        assertThrows(DataException.class, () -> DataSets.open(Optional.of("/nowhere/at/all"), 28, nothing));
    }
}
