package dev.sextant.engine.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.UnarySpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
    private static void relu() {
        NDArray x = NDArray.of(new float[] {-1, 2}, Shape.of(2), Device.ref());
        NDArray y = NDArray.empty(Shape.of(2), DType.FLOAT32, Device.ref());
        Device.ref().kernels().unary(UnarySpec.RELU, x, y);
        assertEquals(2, y.toFloats()[1]);
    }

    @Test
    void listenersHearOfEveryCallUntilClosed() {
        List<OpEvent> heard = new ArrayList<>();
        try (var _ = Trace.listen(heard::add)) {
            assertTrue(Trace.isOn());
            relu();
        }
        relu();
        assertEquals(1, heard.size());
        OpEvent event = heard.getFirst();
        assertEquals("unary", event.kernel());
        assertEquals(UnarySpec.RELU, event.spec());
        assertEquals("[2], [2]", event.shapes());
        assertEquals("ref", event.device());
        assertTrue(event.nanos() > 0);
        assertFalse(Trace.isOn());
    }

    @Test
    void aFlightRecordingHoldsTheCalls(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("ops.jfr");
        try (var recording = new Recording()) {
            recording.enable("dev.sextant.Operation");
            recording.start();
            relu();
            recording.stop();
            recording.dump(file);
        }
        var ours = RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().equals("dev.sextant.Operation")).toList();
        assertEquals(1, ours.size());
        assertEquals("unary", ours.getFirst().getString("kernel"));
    }
}
