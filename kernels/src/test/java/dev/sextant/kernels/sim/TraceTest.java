package dev.sextant.kernels.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.Compare;
import org.junit.jupiter.api.Test;

@OnSimulator
class TraceTest {

    @Test
    void counts() {
        Device cuda = SimulatedDevice.fresh();
        var simulator = SimulatedDevice.simulator();
        simulator.set("trace", "1");
        NDArray a = NDArray.of(Compare.values(1, 64 * 64), Shape.of(64, 64), cuda);
        NDArray b = NDArray.of(Compare.values(2, 64 * 64), Shape.of(64, 64), cuda);
        NDArray y = NDArray.empty(Shape.of(64, 64), DType.FLOAT32, cuda);
        long t = System.nanoTime();
        cuda.kernels().matmul(MatmulSpec.PLAIN, a, b, y, Write.SET);
        try { cuda.backend().synchronize(); } catch (RuntimeException e) { System.out.println(e); }
        System.out.println((System.nanoTime() - t) * 1e-6 + " ms");
        var report = simulator.report();
        report.sites().forEach(System.out::println);
        System.out.println("OUT " + report.fmas() + " " + report.findings() + report.texts());
        assertEquals(0, simulator.findings());
    }
}
