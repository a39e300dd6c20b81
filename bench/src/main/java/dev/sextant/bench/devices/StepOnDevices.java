package dev.sextant.bench.devices;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.jmh.OracleCheck;
import dev.sextant.engine.Device;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// **Question:** what does a whole training step cost: forward, loss, backward, update?
/// **Read:** microseconds per step; the batch stays on the device, and the loss is read at the end of every step. The
/// oracle checks the losses of two images before and after one step.
public class StepOnDevices extends OnDevices {
    @Param({"LENET", "ALEXNET", "RESNET18"})
    BookNet net;

    /// Images per step; 0: what the network is usually trained with.
    @Param("0")
    int batch;

    private SextantNet subject;
    private double loss;

    @Setup
    public void setup() {
        var mine = new SextantNet(net, 2, device());
        var oracle = new SextantNet(net, 2, Device.ref());
        for (int step = 0; step < 2; step++) {
            OracleCheck.assertClose(net + ", loss of step " + step, oracle.trainStep(), mine.trainStep());
        }
        subject = new SextantNet(net, batch == 0 ? net.trainBatch() : batch, device());
    }

    @Benchmark
    public double step() {
        finish(() -> loss = subject.trainStep());
        return loss;
    }
}
