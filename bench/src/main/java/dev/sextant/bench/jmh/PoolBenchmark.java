package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
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

/// **Question:** does pooling move memory as fast as a copy?
/// **Read:** `percentOfCopy`; forward reads `x` and writes `y`, backward reads `dy` and writes `dx`. What a backend
/// keeps for the winners is not counted.
/// **Run:** `java -jar bench/target/bench.jar PoolBenchmark -p pool=MAX3_2`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class PoolBenchmark {
    /// A spec on a shape.
    public enum Pool {
        MAX3_2(Pool2dSpec.max(3, 2, 0), 32, 96, 54), MAX2_2(Pool2dSpec.max(2, 2, 0), 32, 64, 56),
        MAX3_1(Pool2dSpec.max(3, 1, 1), 32, 192, 12), AVG2_2(Pool2dSpec.avg(2, 2, 0), 256, 6, 28);

        private final Pool2dSpec spec;
        private final Shape in;

        Pool(Pool2dSpec spec, int batch, int channels, int size) {
            this.spec = spec;
            this.in = Shape.of(batch, channels, size, size);
        }
    }

    @Param
    private Pool pool;

    @Param({"1", "2"})
    private int threads;

    private NDArray x;
    private NDArray y;
    private NDArray dy;
    private NDArray dx;
    private NDArray keptX;
    private NDArray keptY;
    private Aux aux;
    private Limit.Traffic forward;
    private Limit.Traffic backward;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        x = subject.activation("x", pool.in.dims());
        int[] out = pool.spec.outputShape(pool.in).dims();
        y = subject.emptyActivation(out);
        dy = subject.activation("dy", out);
        dx = subject.emptyActivation(pool.in.dims());
        Keeps keeps = x.device().kernels().poolKeeps(pool.spec);
        keptX = keeps.x() ? x : null;
        keptY = keeps.y() ? y : null;
        aux = x.device().kernels().pool2d(pool.spec, x, y);
        x.device().kernels().pool2dBackward(pool.spec, dy, keptX, keptY, aux, Target.set(dx));

        NDArray refX = Subject.onRef(x);
        NDArray refY = Subject.emptyOnRef(y.shape());
        NDArray refDx = Subject.emptyOnRef(x.shape());
        var ref = refX.device().kernels();
        Aux refAux = ref.pool2d(pool.spec, refX, refY);
        ref.pool2dBackward(pool.spec, Subject.onRef(dy), refX, refY, refAux, Target.set(refDx));
        OracleCheck.assertClose("pool2d " + pool, refY, y);
        OracleCheck.assertClose("pool2dBackward " + pool, refDx, dx);
        forward = Limit.Traffic.of(threads, x.size(), y.size());
        backward = Limit.Traffic.of(threads, dy.size(), dx.size());
    }

    @Benchmark
    public NDArray forward(Limit.Bytes work) {
        aux = x.device().kernels().pool2d(pool.spec, x, y);
        work.count(forward);
        return y;
    }

    @Benchmark
    public NDArray backward(Limit.Bytes work) {
        x.device().kernels().pool2dBackward(pool.spec, dy, keptX, keptY, aux, Target.set(dx));
        work.count(backward);
        return dx;
    }
}
