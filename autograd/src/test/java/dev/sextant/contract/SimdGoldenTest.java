package dev.sextant.contract;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.Device;
import org.junit.jupiter.api.Nested;

/// The fast path against the reference data.
class SimdGoldenTest {
    private static final Device EXACT = Device
            .simd(CpuSettings.defaults().withThreads(2).withPrecision(Precision.EXACT));

    @Nested
    class Exact implements GoldenOpContract, GoldenOptimizerContract {
        @Override
        public Device device() {
            return EXACT;
        }
    }

    @Nested
    class Fast implements GoldenOpContract, GoldenOptimizerContract {
        @Override
        public Device device() {
            return Device.standard();
        }
    }
}
