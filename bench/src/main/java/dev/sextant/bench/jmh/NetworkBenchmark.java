package dev.sextant.bench.jmh;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.profile.Work;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.trace.Trace;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// **Question:** how many images a second, in training and in inference, and how far is a whole network from peak?
/// **Read:** `images` is images/s; `percentOfPeak` counts the multiply-adds of convolutions and linear layers.
/// **Run:** `java -jar bench/target/bench.jar NetworkBenchmark -p net=LENET -p task=INFER_1`
///
/// The oracle checks the logits of one image, and the loss of two images before and after one step of training.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-XX:MaxRAMPercentage=50"})
public class NetworkBenchmark {
    /// What is done with a batch.
    public enum Task {
        TRAIN, INFER_1, INFER_32
    }

    @Param
    private BookNet net;

    @Param
    private Task task;

    @Param({"1", "2"})
    private int threads;

    @Param({"exact", "fast"})
    private String precision;

    private SextantNet subject;
    private int batch;
    private Limit.Arithmetic arithmetic;

    @Setup
    public void setup() {
        Device device = Device.simd(CpuSettings.defaults().withThreads(threads)
                .withPrecision(CpuSettings.Precision.valueOf(precision.toUpperCase(Locale.ROOT))));
        check(device);
        batch = switch (task) {
            case TRAIN -> net.trainBatch();
            case INFER_1 -> 1;
            case INFER_32 -> 32;
        };
        subject = new SextantNet(net, batch, device);
        var counted = new DoubleAdder();
        try (var _ = Trace.listen(e -> counted.add(Work.of(e).flops()))) {
            run();
        }
        arithmetic = Limit.Arithmetic.of(threads, counted.sum());
    }

    private void check(Device device) {
        if (task == Task.TRAIN) {
            var mine = new SextantNet(net, 2, device);
            var oracle = new SextantNet(net, 2, Device.ref());
            for (int step = 0; step < 2; step++) {
                OracleCheck.assertClose(net + ", loss of step " + step, oracle.trainStep(), mine.trainStep());
            }
        } else {
            OracleCheck.assertClose(net + ", logits", new SextantNet(net, 1, Device.ref()).infer(),
                    new SextantNet(net, 1, device).infer());
        }
    }

    private Object run() {
        return task == Task.TRAIN ? subject.trainStep() : subject.infer();
    }

    /// Images per second.
    @State(Scope.Thread)
    @AuxCounters
    public static class Images {
        public double images;

        @Setup(Level.Iteration)
        public void clear() {
            images = 0;
        }
    }

    @Benchmark
    public Object step(Limit.Flops work, Images count) {
        Object result = run();
        work.count(arithmetic);
        count.images += batch;
        return result;
    }
}
