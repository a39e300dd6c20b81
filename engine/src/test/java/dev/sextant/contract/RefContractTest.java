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

    @Nested
    class Norm implements NormContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Pointwise implements PointwiseContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Reduce implements ReduceContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Index implements IndexContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Loss implements LossContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }

    @Nested
    class Optimizer implements OptimizerContract {
        @Override
        public Device device() {
            return Device.ref();
        }
    }
}
