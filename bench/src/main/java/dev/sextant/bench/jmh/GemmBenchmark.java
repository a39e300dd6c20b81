package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
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

/// **Question:** how close to the multiply-add peak are matrix products, square and as linear layers have them?
/// **Read:** `percentOfPeak` within one `threads`; products with m = 1 are bound by reading `b`, not by arithmetic.
/// **Run:** `java -jar bench/target/bench.jar GemmBenchmark -p shape=S1024 -p threads=1`
///
/// The oracle checks the first and the last row of the product, since all of it would take minutes.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class GemmBenchmark {
    /// `[m, k]·[k, n]`; the linear shapes are AlexNet's, whose weights are stored transposed.
    public enum Product {
        S512(512, 512, 512, false), S1024(1024, 1024, 1024, false), S2048(2048, 2048, 2048, false),
        LINEAR_B32(32, 4096, 6400, true), LINEAR_B1(1, 4096, 4096, true),
        TALL(25088, 64, 576, false), WIDE(64, 25088, 576, false);

        private final int m;
        private final int n;
        private final int k;
        private final boolean transposeB;

        Product(int m, int n, int k, boolean transposeB) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.transposeB = transposeB;
        }
    }

    @Param
    private Product shape;

    @Param({"1", "2"})
    private int threads;

    private MatmulSpec spec;
    private NDArray a;
    private NDArray b;
    private NDArray y;
    private Limit.Arithmetic arithmetic;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        spec = new MatmulSpec(false, shape.transposeB);
        a = subject.values("a", shape.m, shape.k);
        b = shape.transposeB ? subject.values("b", shape.n, shape.k) : subject.values("b", shape.k, shape.n);
        y = subject.empty(shape.m, shape.n);
        y.device().kernels().matmul(spec, a, b, y, Write.SET);
        for (int row : new int[] {0, shape.m - 1}) {
            NDArray want = Subject.emptyOnRef(y.shape().with(0, 1));
            want.device().kernels().matmul(spec, Subject.onRef(a.narrow(0, row, 1)), Subject.onRef(b), want, Write.SET);
            OracleCheck.assertClose("matmul " + shape + ", row " + row, want, y.narrow(0, row, 1));
        }
        arithmetic = Limit.Arithmetic.of(threads, 2.0 * shape.m * shape.n * shape.k);
    }

    @Benchmark
    public NDArray product(Limit.Flops work) {
        y.device().kernels().matmul(spec, a, b, y, Write.SET);
        work.count(arithmetic);
        return y;
    }
}
