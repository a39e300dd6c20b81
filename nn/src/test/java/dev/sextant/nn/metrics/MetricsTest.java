package dev.sextant.nn.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Measures worked out by hand.
class MetricsTest {
    private static final NDArray SCORES = NDArray.of(new float[] {
        0.1f, 0.7f, 0.2f,
        0.5f, 0.5f, 0.0f,
        0.2f, 0.3f, 0.5f,
        0.9f, 0.0f, 0.1f}, Shape.of(4, 3), Device.ref());
    private static final NDArray LABELS = NDArray.of(new int[] {1, 1, 0, 0}, Shape.of(4), Device.ref());

    @Test
    void topKCountsLabelsAmongTheLargest() {
        // Ranks of the labels: 1, 2 (behind its equal), 3, 1.
        assertEquals(0.5, Classification.accuracy(SCORES, LABELS));
        assertEquals(0.75, Classification.topK(SCORES, LABELS, 2));
        assertEquals(1, Classification.topK(SCORES, LABELS, 3));
        assertThrows(ShapeException.class, () -> Classification.topK(SCORES, LABELS, 4));
    }

    @Test
    void confusionMatrixOfABatch() {
        var m = new ConfusionMatrix(3);
        m.add(SCORES, LABELS);
        assertEquals("[[1, 0, 1], [1, 1, 0], [0, 0, 0]]", m.toString());
        assertEquals(0.5, m.accuracy());
        assertEquals(0.5, m.precision(0));
        assertEquals(0.5, m.recall(0));
        assertEquals(1, m.precision(1));
        assertEquals(0.5, m.recall(1));
        assertEquals(2.0 / 3, m.f1(1), 1e-12);
        assertEquals(0, m.precision(2));
        assertEquals(0, m.recall(2), "no example of the class: 0/0 counts as 0");
        assertEquals(0.5, m.macroPrecision(), 1e-12);
        assertEquals(1.0 / 3, m.macroRecall(), 1e-12);
        assertEquals((0.5 + 2.0 / 3) / 3, m.macroF1(), 1e-12);
        String report = m.report(List.of("shirt", "coat", "bag"));
        assertTrue(report.contains("coat") && report.contains("0.667") && report.endsWith("accuracy 0.500\n"), report);
    }

    @Test
    void wrongInputsAreNamed() {
        var m = new ConfusionMatrix(2);
        var e = assertThrows(SextantException.class, () -> m.add(2, 0));
        assertTrue(e.getMessage().contains("truth 2") && e.getMessage().contains("0..1"), e.getMessage());
        var s = assertThrows(ShapeException.class, () -> m.add(SCORES, LABELS));
        assertTrue(s.getMessage().contains("[N, 2]") && s.getMessage().contains("[4, 3]"), s.getMessage());
        NDArray far = NDArray.of(new int[] {1, 1, 3, 0}, Shape.of(4), Device.ref());
        assertThrows(ShapeException.class, () -> Classification.accuracy(SCORES, far));
    }
}
