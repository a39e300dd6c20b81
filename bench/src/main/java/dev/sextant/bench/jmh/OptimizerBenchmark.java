package dev.sextant.bench.jmh;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OptimizerSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/// **Question:** does an update move memory as fast as a copy?
/// **Read:** `percentOfCopy`: parameter, gradient and state are read, parameter and state written. AlexNet's largest
/// layer has 26 million parameters, LeNet's 48 thousand.
/// **Run:** `java -jar bench/target/bench.jar OptimizerBenchmark -p rule=SGD`
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms2g", "-Xmx2g"})
public class OptimizerBenchmark {
    /// An update rule.
    public enum Rule {
        SGD(new OptimizerSpec.Sgd(1e-6, 0, 0, 0, false)), MOMENTUM(new OptimizerSpec.Sgd(1e-6, 0.9, 0, 1e-4, false)),
        ADAM(new OptimizerSpec.Adam(1e-6, 0.9, 0.999, 1e-8, 0, false, false));

        private final OptimizerSpec spec;

        Rule(OptimizerSpec spec) {
            this.spec = spec;
        }
    }

    @Param
    private Rule rule;

    @Param({"48000", "16777216"})
    private int size;

    @Param({"1", "2"})
    private int threads;

    private NDArray parameter;
    private NDArray gradient;
    private List<NDArray> state;
    private long step;
    private Limit.Traffic traffic;

    @Setup
    public void setup() {
        var subject = new Subject(threads, "fast");
        parameter = subject.values("parameter", size);
        gradient = subject.values("gradient", size);
        state = rule.spec.stateNames().stream()
                .map(s -> NDArray.zeros(parameter.shape(), DType.FLOAT32, subject.device())).toList();
        NDArray refParameter = Subject.onRef(parameter);
        NDArray refGradient = Subject.onRef(gradient);
        List<NDArray> refState = state.stream().map(Subject::onRef).toList();
        for (step = 1; step <= 3; step++) {
            parameter.device().kernels().optimize(rule.spec, step, parameter, gradient, state);
            refParameter.device().kernels().optimize(rule.spec, step, refParameter, refGradient, refState);
        }
        OracleCheck.assertClose(rule + " after three steps", refParameter, parameter);
        for (int i = 0; i < state.size(); i++) {
            OracleCheck.assertClose(rule + "'s " + rule.spec.stateNames().get(i), refState.get(i), state.get(i));
        }
        traffic = Limit.Traffic.of(threads, (2L + state.size()) * size, (1L + state.size()) * size);
    }

    /// The parameter drifts by a millionth of the gradient a call, so that every iteration does the same work.
    @Setup(Level.Iteration)
    public void restart() {
        step = 3;
    }

    @Benchmark
    public NDArray update(Limit.Bytes work) {
        parameter.device().kernels().optimize(rule.spec, ++step, parameter, gradient, state);
        work.count(traffic);
        return parameter;
    }
}
