package dev.sextant.bench.jmh;

import dev.sextant.bench.Formula;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CrossEntropySpec;
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

/// **Question:** is softmax cross-entropy small beside everything else?
/// **Read:** calls per second; `percentOfCopy` counts the logits read once, and written once going back. Logits this
/// small stay in the cache.
/// **Run:** `java -jar bench/target/bench.jar LossBenchmark`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class LossBenchmark {
    private static final CrossEntropySpec SPEC = CrossEntropySpec.MEAN;

    @Param({"10", "1000"})
    private int classes;

    @Param("256")
    private int batch;

    @Param({"1", "2"})
    private int threads;

    private NDArray logits;
    private NDArray labels;
    private NDArray loss;
    private NDArray dloss;
    private NDArray dlogits;
    private Aux aux;
    private Limit.Traffic forward;
    private Limit.Traffic backward;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        logits = subject.values("logits", batch, classes);
        labels = NDArray.of(Formula.labels(batch, classes), Shape.of(batch), subject.device());
        loss = subject.empty();
        dloss = NDArray.of(new float[] {1}, Shape.scalar(), subject.device());
        dlogits = subject.empty(batch, classes);
        forward();
        backward();
        NDArray refLogits = Subject.onRef(logits);
        NDArray refLabels = Subject.onRef(labels);
        NDArray refLoss = Subject.emptyOnRef(loss.shape());
        NDArray refDlogits = Subject.emptyOnRef(logits.shape());
        var ref = refLogits.device().kernels();
        Aux refAux = ref.crossEntropy(SPEC, refLogits, refLabels, null, refLoss);
        ref.crossEntropyBackward(SPEC, refLogits, refLabels, null, Subject.onRef(dloss), refAux,
                Target.set(refDlogits));
        OracleCheck.assertClose("crossEntropy", refLoss, loss);
        OracleCheck.assertClose("crossEntropyBackward", refDlogits, dlogits);
        forward = Limit.Traffic.of(threads, logits.size(), 1);
        backward = Limit.Traffic.of(threads, logits.size(), logits.size());
    }

    private void forward() {
        aux = logits.device().kernels().crossEntropy(SPEC, logits, labels, null, loss);
    }

    private void backward() {
        logits.device().kernels().crossEntropyBackward(SPEC, logits, labels, null, dloss, aux, Target.set(dlogits));
    }

    @Benchmark
    public NDArray forward(Limit.Bytes work) {
        forward();
        work.count(forward);
        return loss;
    }

    @Benchmark
    public NDArray backward(Limit.Bytes work) {
        backward();
        work.count(backward);
        return dlogits;
    }
}
