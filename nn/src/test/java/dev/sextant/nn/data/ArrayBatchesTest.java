package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Batches from arrays: nothing lost, nothing twice, examples and targets together.
class ArrayBatchesTest {
    private static final Shape PAIR = Shape.of(2);

    private static ArrayBatches seven() {
        float[] x = new float[14];
        int[] y = new int[7];
        for (int i = 0; i < 7; i++) {
            x[2 * i] = 10 * i;
            x[2 * i + 1] = 10 * i + 1;
            y[i] = i;
        }
        return ArrayBatches.of(PAIR, x, y, Device.ref());
    }

    private static List<Integer> labels(BatchSource source, int epoch, int fromStep) {
        List<Integer> all = new ArrayList<>();
        source.epoch(epoch, fromStep).forEachRemaining(b -> {
            float[] x = b.images().toFloats();
            int[] y = b.labels().toInts();
            for (int i = 0; i < y.length; i++) {
                assertEquals(10 * y[i], x[2 * i], "example and target stay together");
                assertEquals(10 * y[i] + 1, x[2 * i + 1]);
                all.add(y[i]);
            }
        });
        return all;
    }

    @Test
    void ordersAndBatches() {
        assertEquals(1, seven().steps());
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), labels(seven().batch(3), 0, 0));
        assertEquals(List.of(6), labels(seven().batch(3), 0, 2));
        assertEquals(3, seven().batch(3).steps());
        var shuffled = seven().batch(3).shuffle(1);
        List<Integer> first = labels(shuffled, 0, 0);
        assertEquals(first, labels(shuffled, 0, 0));
        assertEquals(first.subList(3, 7), labels(shuffled, 0, 1), "an epoch can be entered at any step");
        assertNotEquals(first, labels(shuffled, 1, 0));
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), first.stream().sorted().toList());
    }

    @Test
    void foldsPartTheExamples() {
        List<Integer> held = new ArrayList<>();
        for (int f = 0; f < 3; f++) {
            var fold = seven().fold(f, 3);
            List<Integer> out = labels(fold.validation(), 0, 0);
            held.addAll(out);
            List<Integer> both = new ArrayList<>(labels(fold.train(), 0, 0));
            both.addAll(out);
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), both.stream().sorted().toList());
            assertTrue(out.size() == 2 || out.size() == 3);
        }
        assertEquals(IntStream.range(0, 7).boxed().toList(), held);
    }

    @Test
    void numbersAsTargets() {
        var source = ArrayBatches.of(Shape.of(1), new float[] {1, 2}, new float[] {3, 4, 5, 6}, Device.ref());
        var batch = source.subset(1).epoch(0, 0).next();
        assertEquals(Shape.of(1, 2), batch.labels().shape());
        assertArrayEquals(new float[] {5, 6}, batch.labels().toFloats());
    }

    @Test
    void wrongSizesAreNamed() {
        var e = assertThrows(DataException.class, () -> ArrayBatches.of(PAIR, new float[5], new int[2], Device.ref()));
        assertTrue(e.getMessage().contains("5 values") && e.getMessage().contains("2 targets"), e.getMessage());
        assertThrows(DataException.class, () -> ArrayBatches.of(PAIR, new float[4], new float[3], Device.ref()));
        assertThrows(DataException.class, () -> seven().batch(0));
        assertThrows(DataException.class, () -> seven().subset(7));
        assertThrows(DataException.class, () -> seven().fold(0, 8));
        assertThrows(DataException.class, () -> seven().fold(3, 3));
    }
}
