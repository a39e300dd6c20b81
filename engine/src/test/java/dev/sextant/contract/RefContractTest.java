package dev.sextant.contract;

import dev.sextant.engine.Device;
import org.junit.jupiter.api.Nested;

/// The oracle keeps its own contracts: views, layouts and adding to gradients change nothing.
class RefContractTest {
    @Nested
    class Conv implements ConvContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Gemm implements GemmContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Pool implements PoolContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }
}
