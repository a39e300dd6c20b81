package dev.sextant.bench.devices;

import dev.sextant.bench.Formula;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** what does it cost to bring a batch to the device, and results back?
/// **Read:** microseconds per copy of float32 values. No other benchmark here has a transfer in it but for the loss of a
/// training step.
public class TransferOnDevices extends OnDevices {
    /// Float32 values: LeNet's batch of 256, and 32 images of 3×224×224.
    @Param({"200704", "4816896"})
    int elements;

    private float[] host;
    private NDArray array;

    @Setup
    public void setup() {
        host = Formula.uniform("host", elements, 1);
        array = empty(Shape.of(elements));
        device().backend().upload(host, array);
        float[] back = new float[elements];
        device().backend().download(array, back);
        if (!Arrays.equals(host, back)) {
            throw new SextantException("bench: %d values did not come back from %s as they "
                    + "went", elements, device());
        }
    }

    @Benchmark
    public NDArray upload() {
        finish(() -> device().backend().upload(host, array));
        return array;
    }

    @Benchmark
    public float[] download() {
        finish(() -> device().backend().download(array, host));
        return host;
    }
}
