package dev.sextant.kernels;

import dev.sextant.contract.ConvContract;
import dev.sextant.contract.GemmContract;
import dev.sextant.engine.Device;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Nested;

/// The contracts of the CPU backends, kept by `cuda` on the simulator.
@OnSimulator
class ContractOnSimulatorTest {

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
}
