package dev.sextant.engine.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// An [OpEvent] for the JDK Flight Recorder: start the JVM with `-XX:StartFlightRecording`, and every kernel call is in
/// the recording as `dev.sextant.Operation`.
@Name("dev.sextant.Operation")
@Label("Operation")
@Category("Sextant")
@Description("One kernel call, the device synchronised")
@StackTrace(false)
final class OperationEvent extends Event {
    /// Asked whether a recording runs; asking does not start the recorder.
    static final OperationEvent PROBE = new OperationEvent();

    @Label("Kernel")
    String kernel;

    @Label("Shapes")
    String shapes;

    @Label("Algorithm")
    String algorithm;

    @Label("Device")
    String device;

    @Label("Time")
    @Timespan(Timespan.NANOSECONDS)
    long nanos;

    static void commit(OpEvent op) {
        var event = new OperationEvent();
        event.kernel = op.kernel();
        event.shapes = op.shapes();
        event.algorithm = op.algorithm();
        event.device = op.device();
        event.nanos = op.nanos();
        event.commit();
    }
}
