package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
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

/// **Question:** what does batch norm cost in training, against a copy of the same traffic?
/// **Read:** `percentOfCopy`; every array counts once, though statistics need a pass of their own: forward reads `x` and
/// writes `y`, backward reads `x` and `dy` and writes `dx`.
/// **Run:** `java -jar bench/target/bench.jar BatchNormBenchmark`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class BatchNormBenchmark {
    private static final BatchNormSpec SPEC = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);

    @Param({"32x64x24", "32x64x48", "32x512x3"})
    private String shape;

    @Param({"1", "2"})
    private int threads;

    private NDArray x;
    private NDArray gamma;
    private NDArray beta;
    private NDArray mean;
    private NDArray variance;
    private NDArray y;
    private NDArray dy;
    private NDArray dx;
    private NDArray dgamma;
    private NDArray dbeta;
    private Aux aux;
    private Limit.Traffic forward;
    private Limit.Traffic backward;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        String[] d = shape.split("x");
        int channels = Integer.parseInt(d[1]);
        int[] dims = {Integer.parseInt(d[0]), channels, Integer.parseInt(d[2]), Integer.parseInt(d[2])};
        x = subject.activation("x", dims);
        dy = subject.activation("dy", dims);
        gamma = subject.values("gamma", channels);
        beta = subject.values("beta", channels);
        mean = subject.values("mean", channels);
        variance = subject.values("variance", channels);
        y = subject.emptyActivation(dims);
        dx = subject.emptyActivation(dims);
        dgamma = subject.empty(channels);
        dbeta = subject.empty(channels);
        check();
        forward = Limit.Traffic.of(threads, x.size(), x.size());
        backward = Limit.Traffic.of(threads, 2 * x.size(), x.size());
    }

    private void check() {
        NDArray refX = Subject.onRef(x);
        NDArray refGamma = Subject.onRef(gamma);
        NDArray refY = Subject.emptyOnRef(x.shape());
        NDArray refDx = Subject.emptyOnRef(x.shape());
        NDArray refDgamma = Subject.emptyOnRef(gamma.shape());
        NDArray refDbeta = Subject.emptyOnRef(gamma.shape());
        var ref = refX.device().kernels();
        Aux refAux = ref.batchNorm(SPEC, refX, refGamma, Subject.onRef(beta), Subject.onRef(mean),
                Subject.onRef(variance), refY);
        ref.batchNormBackward(SPEC, Subject.onRef(dy), refX, refGamma, refAux, Target.set(refDx),
                Target.set(refDgamma), Target.set(refDbeta));
        forward();
        backward();
        OracleCheck.assertClose("batchNorm", refY, y);
        OracleCheck.assertClose("batchNormBackward dx", refDx, dx);
        OracleCheck.assertClose("batchNormBackward dgamma", refDgamma, dgamma);
        OracleCheck.assertClose("batchNormBackward dbeta", refDbeta, dbeta);
    }

    private void forward() {
        aux = x.device().kernels().batchNorm(SPEC, x, gamma, beta, mean, variance, y);
    }

    private void backward() {
        x.device().kernels().batchNormBackward(SPEC, dy, x, gamma, aux, Target.set(dx), Target.set(dgamma),
                Target.set(dbeta));
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
