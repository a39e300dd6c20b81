package dev.sextant.kernels;

import dev.sextant.contract.ConvContract;
import dev.sextant.contract.GemmContract;
import dev.sextant.contract.IndexContract;
import dev.sextant.contract.LossContract;
import dev.sextant.contract.NormContract;
import dev.sextant.contract.OptimizerContract;
import dev.sextant.contract.PointwiseContract;
import dev.sextant.contract.PoolContract;
import dev.sextant.contract.ReduceContract;
import dev.sextant.engine.Device;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Nested;

/// The contracts of the CPU backends, kept by `cuda` on the simulator.
@OnSimulator
class ContractOnSimulatorTest {

    /// Untraced and with memory kept, whatever the test before has left: otherwise this takes minutes.
    @BeforeAll
    static void open() {
        SimulatedDevice.fresh();
    }

    @AfterEach
    void nothingWasFound() {
        var simulator = SimulatedDevice.simulator();
        Assertions.assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    @Nested
    class Conv implements ConvContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Gemm implements GemmContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Pointwise implements PointwiseContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Reduce implements ReduceContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Pool implements PoolContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Norm implements NormContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Loss implements LossContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Optimizer implements OptimizerContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }

    @Nested
    class Index implements IndexContract {
        @Override
        public Device device() {
            return SimulatedDevice.opened();
        }
    }
}
