package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// **Question:** does an activation move memory as fast as a copy?
/// **Read:** `percentOfCopy`; forward reads `x` and writes `y`, backward reads `y` and `dy` and writes `dx`.
/// **Run:** `java -jar bench/target/bench.jar ReluBenchmark -p threads=2`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class ReluBenchmark {
    @Param({"32x96x54", "256x6x28"})
    private String shape;

    @Param({"1", "2"})
    private int threads;

    private NDArray x;
    private NDArray y;
    private NDArray dy;
    private NDArray dx;
    private Limit.Traffic forward;
    private Limit.Traffic backward;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        String[] d = shape.split("x");
        int[] dims = {Integer.parseInt(d[0]), Integer.parseInt(d[1]), Integer.parseInt(d[2]), Integer.parseInt(d[2])};
        x = subject.activation("x", dims);
        dy = subject.activation("dy", dims);
        y = subject.emptyActivation(dims);
        dx = subject.emptyActivation(dims);
        forward();
        backward();
        NDArray refY = Subject.emptyOnRef(x.shape());
        NDArray refDx = Subject.emptyOnRef(x.shape());
        refY.device().kernels().unary(UnarySpec.RELU, Subject.onRef(x), refY);
        refY.device().kernels().unaryBackward(UnarySpec.RELU, null, refY, Subject.onRef(dy), Target.set(refDx));
        OracleCheck.assertClose("relu", refY, y);
        OracleCheck.assertClose("relu backward", refDx, dx);
        forward = Limit.Traffic.of(threads, x.size(), x.size());
        backward = Limit.Traffic.of(threads, 2 * x.size(), x.size());
    }

    private void forward() {
        x.device().kernels().unary(UnarySpec.RELU, x, y);
    }

    private void backward() {
        x.device().kernels().unaryBackward(UnarySpec.RELU, null, y, dy, Target.set(dx));
    }

    @Benchmark
    public NDArray forward(Limit.Bytes work) {
        forward();
        work.count(forward);
        return y;
    }

    @Benchmark
    public NDArray backward(Limit.Bytes work) {
        backward();
        work.count(backward);
        return dx;
    }
}
