package dev.sextant.bench.devices;

import dev.sextant.bench.Formula;
import dev.sextant.bench.gpu.Gpu;
import dev.sextant.bench.jmh.OracleCheck;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.kernels.CudaBackend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What these benchmarks share: the device under test, its arrays, and the rule that a sample has finished.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsPrepend = {"--add-modules=jdk.incubator.vector", "-XX:-UseFPUForSpilling",
    "-XX:+UseTransparentHugePages", "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
    "--enable-native-access=ALL-UNNAMED"})
public abstract class OnDevices {
    /// First word of the name of a device that is simulated.
    static final String SIMULATED = "simulated ";
    /// The CPU's fast path.
    static final String CPU = "simd";

    @Param({CPU, Gpu.OWN, Gpu.CUDNN})
    String device;

    private Device opened;

    /// The device that the parameter names.
    Device device() {
        if (opened == null) {
            opened = device.equals(CPU) ? Device.simd(CpuSettings.defaults())
                    : new Gpu(device.startsWith(SIMULATED)).device(device.replace(SIMULATED, ""));
        }
        return opened;
    }

    /// Values in −1 … 1.
    NDArray values(String name, Shape shape) {
        return NDArray.of(Formula.uniform(name, Math.toIntExact(shape.size()), 1), shape, device());
    }

    /// Shape of a batch of 32 square images, of 2 where they are tiny.
    ///
    /// @param shape channels and size of a side, for example `64x56`
    static Shape images(String shape) {
        String[] d = shape.split("x");
        int size = Integer.parseInt(d[1]);
        return Shape.of(size < 10 ? 2 : 32, Integer.parseInt(d[0]), size, size);
    }

    /// Undefined values.
    NDArray empty(Shape shape) {
        return NDArray.empty(shape, DType.FLOAT32, device());
    }

    /// Compares with what the oracle computes; a wrong kernel gets no number.
    static void check(String what, NDArray expected, NDArray actual) {
        OracleCheck.assertClose(what, expected, actual);
    }

    /// Runs the operation to its end: one sample.
    void finish(Runnable operation) {
        sample(() -> {
            operation.run();
            device().backend().synchronize();
        });
    }

    /// A sample. One that returns while the device still works measured the launch, and is refused.
    ///
    /// @throws SextantException if work is queued that nobody has waited for
    void sample(Runnable work) {
        work.run();
        if (device().backend() instanceof CudaBackend cuda && cuda.hasPendingWork()) {
            throw new SextantException("bench: this sample ended while the device was still computing, so its time "
                    + "would be that of launching; a sample ends with Backend.synchronize()");
        }
    }
}
