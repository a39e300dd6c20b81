package dev.sextant.contract;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.Device;
import org.junit.jupiter.api.Nested;

/// The fast path keeps every contract, with one thread and with more threads than processors.
class SimdContractTest {
    private static final Device ONE = Device.simd(CpuSettings.defaults().withThreads(1).withPrecision(Precision.EXACT));
    private static final Device FOUR = Device.simd(CpuSettings.defaults().withThreads(4));

    @Nested
    class Conv implements ConvContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class ConvFourThreads implements ConvContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Gemm implements GemmContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class GemmFourThreads implements GemmContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Pool implements PoolContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class PoolFourThreads implements PoolContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Fused implements FusedContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class FusedFourThreads implements FusedContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }
}
