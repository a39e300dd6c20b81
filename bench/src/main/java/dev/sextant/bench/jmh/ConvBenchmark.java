package dev.sextant.bench.jmh;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
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

/// **Question:** how far from peak are the convolutions that the book's networks spend their time in, in all three
/// passes?
/// **Read:** `percentOfPeak` counts direct multiply-adds, so Winograd (`precision=fast`) may pass 100.
/// **Run:** `java -jar bench/target/bench.jar ConvBenchmark.forward -p layer=C3_128 -p precision=exact`
///
/// The oracle checks the last image of `forward` and `backwardData`, and the first and last filter of
/// `backwardFilter` over the whole batch.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-Xms4g", "-Xmx4g"})
public class ConvBenchmark {
    /// Batch, channels, image size, filters, kernel, stride, padding.
    public enum Layer {
        C3_64(8, 64, 56, 64, 3, 1, 1), C3_128(8, 128, 28, 128, 3, 1, 1), C3_256(8, 256, 14, 256, 3, 1, 1),
        C3_512(8, 512, 7, 512, 3, 1, 1), C3_384(8, 384, 12, 384, 3, 1, 1), C5_96(8, 96, 26, 256, 5, 1, 2),
        C11_FIRST(8, 1, 224, 96, 11, 4, 1), C7_FIRST(32, 1, 96, 64, 7, 2, 3), C1_256(8, 256, 26, 256, 1, 1, 0),
        LENET_1(256, 1, 28, 6, 5, 1, 2), LENET_2(256, 6, 14, 16, 5, 1, 0);

        private final int batch;
        private final int channels;
        private final int size;
        private final int filters;
        private final int kernel;
        private final Conv2dSpec spec;

        Layer(int batch, int channels, int size, int filters, int kernel, int stride, int pad) {
            this.batch = batch;
            this.channels = channels;
            this.size = size;
            this.filters = filters;
            this.kernel = kernel;
            this.spec = Conv2dSpec.of(stride, pad);
        }
    }

    @Param
    private Layer layer;

    @Param({"1", "2"})
    private int threads;

    @Param({"exact", "fast"})
    private String precision;

    private NDArray x;
    private NDArray w;
    private NDArray bias;
    private NDArray y;
    private NDArray dy;
    private NDArray dx;
    private NDArray dw;
    private Limit.Arithmetic arithmetic;

    @Setup
    public void setup() {
        var subject = new Subject(threads, precision);
        x = subject.activation("x", layer.batch, layer.channels, layer.size, layer.size);
        w = subject.values("w", layer.filters, layer.channels, layer.kernel, layer.kernel);
        bias = subject.values("bias", layer.filters);
        Shape out = layer.spec.outputShape(x.shape(), w.shape());
        y = subject.emptyActivation(out.dims());
        dy = subject.activation("dy", out.dims());
        dx = subject.emptyActivation(x.shape().dims());
        dw = subject.empty(w.shape().dims());
        checkForward();
        checkBackwardData();
        checkBackwardFilter();
        arithmetic = Limit.Arithmetic.of(threads, 2.0 * layer.spec.macs(x.shape(), w.shape()));
    }

    private static NDArray image(NDArray array, int n) {
        return Subject.onRef(array.narrow(0, n, 1));
    }

    private void checkForward() {
        x.device().kernels().conv2d(layer.spec, x, w, bias, y);
        int last = layer.batch - 1;
        NDArray want = Subject.emptyOnRef(y.shape().with(0, 1));
        want.device().kernels().conv2d(layer.spec, image(x, last), Subject.onRef(w), Subject.onRef(bias), want);
        OracleCheck.assertClose("conv2d " + layer, want, y.narrow(0, last, 1));
    }

    private void checkBackwardData() {
        x.device().kernels().conv2dBackwardData(layer.spec, dy, w, Target.set(dx));
        int last = layer.batch - 1;
        NDArray want = Subject.emptyOnRef(x.shape().with(0, 1));
        want.device().kernels().conv2dBackwardData(layer.spec, image(dy, last), Subject.onRef(w), Target.set(want));
        OracleCheck.assertClose("conv2dBackwardData " + layer, want, dx.narrow(0, last, 1));
    }

    private void checkBackwardFilter() {
        x.device().kernels().conv2dBackwardFilter(layer.spec, dy, x, Target.set(dw));
        for (int filter : new int[] {0, layer.filters - 1}) {
            NDArray want = Subject.emptyOnRef(w.shape().with(0, 1));
            want.device().kernels().conv2dBackwardFilter(layer.spec, Subject.onRef(dy.narrow(1, filter, 1)),
                    Subject.onRef(x), Target.set(want));
            OracleCheck.assertClose("conv2dBackwardFilter " + layer + ", filter " + filter, want,
                    dw.narrow(0, filter, 1));
        }
    }

    @Benchmark
    public NDArray forward(Limit.Flops work) {
        x.device().kernels().conv2d(layer.spec, x, w, bias, y);
        work.count(arithmetic);
        return y;
    }

    @Benchmark
    public NDArray backwardData(Limit.Flops work) {
        x.device().kernels().conv2dBackwardData(layer.spec, dy, w, Target.set(dx));
        work.count(arithmetic);
        return dx;
    }

    @Benchmark
    public NDArray backwardFilter(Limit.Flops work) {
        x.device().kernels().conv2dBackwardFilter(layer.spec, dy, x, Target.set(dw));
        work.count(arithmetic);
        return dw;
    }
}
