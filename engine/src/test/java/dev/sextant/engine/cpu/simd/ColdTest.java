package dev.sextant.engine.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.random.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The plain loops of the first moments give the bits of the vector loops.
class ColdTest {
    private static final Device DEVICE = Device.simd(CpuSettings.defaults().withThreads(1));

    private static NDArray numbers(long stream, int... dims) {
        Shape shape = Shape.of(dims);
        return NDArray.of(Philox.uniform(3, stream, (int) shape.size(), -1, 1), shape, DEVICE);
    }

    private static NDArray empty(int... dims) {
        return NDArray.empty(Shape.of(dims), DType.FLOAT32, DEVICE);
    }

    /// The operations of LeNet.
    private static List<float[]> results() {
        var k = DEVICE.kernels();
        NDArray maps = empty(1, 6, 28, 28);
        k.conv2d(Conv2dSpec.of(1, 2).with(UnarySpec.SIGMOID), numbers(1, 1, 1, 28, 28), numbers(2, 6, 1, 5, 5),
                numbers(3, 6), maps);
        NDArray pooled = empty(1, 6, 14, 14);
        k.pool2dValues(Pool2dSpec.avg(2, 2, 0), maps, pooled);
        NDArray more = empty(1, 16, 10, 10);
        k.conv2d(Conv2dSpec.of(1, 0).with(UnarySpec.TANH), pooled, numbers(4, 16, 6, 5, 5), numbers(5, 16), more);
        NDArray features = empty(1, 120);
        k.linear(new LinearSpec(UnarySpec.RELU), numbers(6, 1, 400), numbers(7, 120, 400), numbers(8, 120), features);
        NDArray scores = empty(1, 10);
        k.linear(LinearSpec.PLAIN, features, numbers(9, 10, 120), numbers(10, 10), scores);
        return List.of(maps.toFloats(), pooled.toFloats(), more.toFloats(), features.toFloats(), scores.toFloats());
    }

    @Test
    void plainLoopsGiveTheSameBits() {
        Cold.budget = 0;
        List<float[]> vectors = results();
        Cold.budget = 1 << 24;
        List<float[]> plain = results();
        assertTrue(Cold.budget < (1 << 24) - 400_000 || !VectorSupport.ON, "the plain loops were asked");
        Cold.budget = 0;
        for (int i = 0; i < plain.size(); i++) {
            assertArrayEquals(plain.get(i), vectors.get(i), "result " + i);
        }
    }
}
