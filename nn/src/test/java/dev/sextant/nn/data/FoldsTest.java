package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Parts that are disjoint, cover everything, and keep the classes' shares.
class FoldsTest {

    /// Image `i` has the pixel `i`; the classes are of very different sizes.
    private static ImageDataset data(int size) {
        byte[] pixels = new byte[size];
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            pixels[i] = (byte) i;
            labels[i] = i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0;
        }
        return new ImageDataset(Shape.of(1, 1, 1), pixels, labels, List.of("a", "b", "c"));
    }

    private static List<Integer> members(Dataset part) {
        List<Integer> found = new ArrayList<>();
        byte[] pixel = new byte[1];
        for (int i = 0; i < part.size(); i++) {
            part.readImage(i, pixel, 0);
            found.add(pixel[0] & 0xFF);
        }
        return found;
    }

    private static long count(Dataset part, int label) {
        return IntStream.range(0, part.size()).filter(i -> part.label(i) == label).count();
    }

    @Property(tries = 200)
    void foldsCoverEverythingOnce(@ForAll @IntRange(min = 2, max = 200) int size,
            @ForAll @IntRange(min = 2, max = 12) int k, @ForAll long seed, @ForAll boolean stratified) {
        Assume.that(k <= size);
        var data = data(size);
        var folds = Folds.of(data, k, seed, stratified);
        List<Integer> held = new ArrayList<>();
        for (int f = 0; f < k; f++) {
            var fold = folds.fold(f);
            int n = fold.validation().size();
            assertTrue(n == size / k || n == size / k + 1, n + " of " + size);
            List<Integer> all = new ArrayList<>(members(fold.train()));
            all.addAll(members(fold.validation()));
            assertEquals(IntStream.range(0, size).boxed().toList(), all.stream().sorted().toList());
            held.addAll(members(fold.validation()));
            for (int c = 0; c < 3 && stratified; c++) {
                double share = (double) count(data, c) / k;
                assertTrue(Math.abs(count(fold.validation(), c) - share) < 1, "class " + c + " in fold " + f);
            }
        }
        assertEquals(IntStream.range(0, size).boxed().toList(), held.stream().sorted().toList());
    }

    @Property(tries = 200)
    void aHeldOutPartHasItsSizeAndItsShares(@ForAll @IntRange(min = 2, max = 200) int size,
            @ForAll @IntRange(min = 1, max = 199) int validation, @ForAll long seed, @ForAll boolean stratified) {
        Assume.that(validation < size);
        var data = data(size);
        var fold = Folds.holdOut(data, validation, seed, stratified);
        assertEquals(validation, fold.validation().size());
        List<Integer> all = new ArrayList<>(members(fold.train()));
        all.addAll(members(fold.validation()));
        assertEquals(IntStream.range(0, size).boxed().toList(), all.stream().sorted().toList());
        for (int c = 0; c < 3 && stratified; c++) {
            double share = (double) count(data, c) * validation / size;
            assertTrue(Math.abs(count(fold.validation(), c) - share) < 1 + 1e-9, "class " + c);
        }
    }

    @Test
    void theSeedDecides() {
        var data = data(50);
        assertEquals(members(Folds.holdOut(data, 10, 1, true).validation()),
                members(Folds.holdOut(data, 10, 1, true).validation()));
        assertNotEquals(members(Folds.holdOut(data, 10, 1, true).validation()),
                members(Folds.holdOut(data, 10, 2, true).validation()));
    }

    @Test
    void impossiblePartsAreRefused() {
        var data = data(5);
        assertThrows(DataException.class, () -> Folds.of(data, 1, 0, false));
        assertThrows(DataException.class, () -> Folds.of(data, 6, 0, false));
        assertThrows(DataException.class, () -> Folds.of(data, 2, 0, false).fold(2));
        assertThrows(DataException.class, () -> Folds.holdOut(data, 5, 0, false));
        assertThrows(DataException.class, () -> Folds.holdOut(data, 0, 0, false));
    }
}
